using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>Turns HTTP fields into metadata and back (gRPC over HTTP/2, "Custom-Metadata").</summary>
public static class MetadataFields
{
    /// <summary>
    /// Adds a field that came over the wire. Fields of HTTP and of the protocol are passed over, and so is what
    /// cannot be sent back: names that are no keys, texts that are not printable ASCII, bytes that are not base64.
    /// A peer's odd field never fails a call.
    /// </summary>
    /// <param name="metadata">Where to.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">One value; a binary one may be several, joined with commas.</param>
    public static void Receive(Metadata metadata, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(value);
        if (GrpcFields.IsReserved(name) || !Metadata.IsKey(name))
        {
            return;
        }

        if (!Metadata.HasBinarySuffix(name))
        {
            if (IsText(value))
            {
                metadata.Add(name, value);
            }

            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            if (TryDecode(value.AsSpan(part).Trim(' '), out var bytes))
            {
                metadata.Add(Metadata.Entry.OfOwnedBytes(name, bytes));
            }
        }
    }

    /// <summary>
    /// The value of the field of an entry: base64 without padding, or the text, in which <c>?</c> stands for every
    /// character that HTTP does not allow, so that no value can break out of its field.
    /// </summary>
    public static string Format(Metadata.Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.IsBinary)
        {
            return Convert.ToBase64String(entry.BinaryValue).TrimEnd('=');
        }

        return IsText(entry.Value)
            ? entry.Value
            : string.Create(entry.Value.Length, entry.Value, static (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
                }
            });
    }

    /// <summary>Reads base64 with or without padding.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = text.TrimEnd('=');
        bytes = [];
        if (text.Length % 4 == 1)
        {
            return false;
        }

        var padded = (text.Length + 3) / 4 * 4;
        var buffer = ArrayPool<char>.Shared.Rent(padded);
        try
        {
            text.CopyTo(buffer);
            buffer.AsSpan(text.Length, padded - text.Length).Fill('=');
            var decoded = new byte[text.Length * 3 / 4];
            if (!Convert.TryFromBase64Chars(buffer.AsSpan(0, padded), decoded, out var count)
                || count != decoded.Length)
            {
                return false;
            }

            bytes = decoded;
            return true;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static bool IsText(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
