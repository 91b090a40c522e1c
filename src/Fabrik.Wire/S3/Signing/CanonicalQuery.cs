namespace Fabrik.Wire.S3.Signing;

/// <summary>The query of a canonical request: decoded, escaped in one way, sorted by name and then by value.</summary>
internal static class CanonicalQuery
{
    /// <summary>More parameters than this are refused; S3 knows a few dozen.</summary>
    internal const int MaxParameters = 128;

    private const string SignatureParameter = "X-Amz-Signature";

    /// <summary>
    /// Appends the canonical form of a query; the signature itself is left out. False if an escape is broken, or there
    /// are too many parameters.
    /// </summary>
    public static bool TryAppend(ref CanonicalBuffer to, string rawQuery)
    {
        if (rawQuery.Length == 0)
        {
            return true;
        }

        var encoded = new CanonicalBuffer(stackalloc byte[512]);
        var decoded = new CanonicalBuffer(stackalloc byte[256]);
        Span<Parameter> parameters = stackalloc Parameter[MaxParameters];
        var count = 0;
        var isGood = true;
        foreach (var (name, value) in new S3Query(rawQuery))
        {
            if (name is SignatureParameter)
            {
                continue;
            }

            isGood = count < MaxParameters;
            if (!isGood)
            {
                break;
            }

            var start = encoded.Length;
            isGood = TryEncode(name, ref decoded, ref encoded);
            var equals = encoded.Length;
            isGood = isGood && TryEncode(value, ref decoded, ref encoded);
            if (!isGood)
            {
                break;
            }

            Insert(parameters, count++, new Parameter(start, equals, encoded.Length), encoded.Written);
        }

        for (var i = 0; isGood && i < count; i++)
        {
            if (i > 0)
            {
                to.Append((byte)'&');
            }

            to.Append(parameters[i].Name(encoded.Written));
            to.Append((byte)'=');
            to.Append(parameters[i].Value(encoded.Written));
        }

        encoded.Dispose();
        decoded.Dispose();
        return isGood;
    }

    private static bool TryEncode(ReadOnlySpan<char> raw, ref CanonicalBuffer scratch, ref CanonicalBuffer to)
    {
        scratch.Truncate(0);
        if (!S3Uri.TryDecode(raw, plusIsSpace: true, ref scratch))
        {
            return false;
        }

        to.AppendEncoded(scratch.Written, keepSlash: false);
        return true;
    }

    // Insertion keeps the order of equals and needs no comparer that captures the bytes; the count is bounded.
    private static void Insert(
        Span<Parameter> parameters, int count, Parameter added, ReadOnlySpan<byte> text)
    {
        var place = count;
        while (place > 0 && Compare(parameters[place - 1], added, text) > 0)
        {
            parameters[place] = parameters[place - 1];
            place--;
        }

        parameters[place] = added;
    }

    private static int Compare(Parameter left, Parameter right, ReadOnlySpan<byte> text)
    {
        var names = left.Name(text).SequenceCompareTo(right.Name(text));
        return names != 0 ? names : left.Value(text).SequenceCompareTo(right.Value(text));
    }

    private readonly record struct Parameter(int Start, int Equal, int End)
    {
        public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> text) => text[Start..Equal];

        public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text) => text[Equal..End];
    }
}
