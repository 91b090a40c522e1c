namespace Fabrik.Wire.Http;

/// <summary>What a digest field says of a SHA-256.</summary>
public enum DigestFinding
{
    /// <summary>Nothing: the field is empty, or has other algorithms only, which a recipient may ignore.</summary>
    None,

    /// <summary>One SHA-256.</summary>
    Found,

    /// <summary>A SHA-256 that is not 32 bytes in base64, or two that differ.</summary>
    Malformed,
}

/// <summary>
/// The digest that a sender announces: <c>Content-Digest</c> and <c>Repr-Digest</c> (RFC 9530, sections 2 and 3), or
/// their forerunner <c>Digest</c> (RFC 3230, section 4.3.2).
/// </summary>
public static class DigestFields
{
    /// <summary>Bytes of a SHA-256.</summary>
    public const int Sha256Length = 32;

    private const string Algorithm = "sha-256";

    /// <summary>32 bytes in base64, with the padding.</summary>
    private const int Base64Length = 44;

    /// <summary>Finds the SHA-256 in a field's value.</summary>
    /// <param name="field">The value; of a header that came several times, all of them, joined by commas.</param>
    /// <param name="digest">At least <see cref="Sha256Length"/> bytes; changed by every outcome but None.</param>
    public static DigestFinding FindSha256(ReadOnlySpan<char> field, Span<byte> digest)
    {
        Span<byte> candidate = stackalloc byte[Sha256Length];
        var finding = DigestFinding.None;
        foreach (var part in field.Split(','))
        {
            var member = field[part].Trim(" \t");
            var equals = member.IndexOf('=');
            if (equals < 0 || !member[..equals].Equals(Algorithm, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!TryReadBase64(member[(equals + 1)..], candidate)
                || (finding == DigestFinding.Found && !digest[..Sha256Length].SequenceEqual(candidate)))
            {
                return DigestFinding.Malformed;
            }

            candidate.CopyTo(digest);
            finding = DigestFinding.Found;
        }

        return finding;
    }

    // The newer fields put a byte sequence between colons (RFC 8941, section 3.3.5), the old one has none.
    private static bool TryReadBase64(ReadOnlySpan<char> value, Span<byte> digest)
    {
        if (value.Length > 2 && value[0] == ':')
        {
            // Parameters may stand behind the value; none is defined.
            var end = value[1..].IndexOf(':');
            if (end < 0 || value[(end + 2)..] is not ([] or [';', ..]))
            {
                return false;
            }

            value = value.Slice(1, end);
        }

        return value.Length == Base64Length
            && Convert.TryFromBase64Chars(value, digest, out var length)
            && length == Sha256Length;
    }
}
