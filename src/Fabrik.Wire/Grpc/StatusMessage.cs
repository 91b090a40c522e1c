using System.Buffers;
using System.Text;

namespace Fabrik.Wire.Grpc;

/// <summary>
/// The value of <c>grpc-message</c>: UTF-8, percent-encoded but for printable ASCII without <c>%</c> (gRPC over HTTP/2,
/// "Status-Message").
/// </summary>
public static class StatusMessage
{
    private const int MaxOnStack = 512;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Makes a field's value. Spaces at the ends are encoded as well: HTTP would strip them.</summary>
    public static string Encode(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return IsPlain(message) ? message : EncodeBytes(Encoding.UTF8.GetBytes(message));
    }

    /// <summary>Reads a field's value. What is not well encoded stays, or becomes U+FFFD.</summary>
    public static string Decode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!value.Contains('%', StringComparison.Ordinal))
        {
            return value;
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var bytes = size <= MaxOnStack ? stackalloc byte[size] : new byte[size];
        return Encoding.UTF8.GetString(bytes[..DecodeBytes(value, bytes)]);
    }

    private static bool IsPlain(ReadOnlySpan<char> message) =>
        message.IsEmpty || (!message.ContainsAnyExcept(Plain) && message is not ([' ', ..] or [.., ' ']));

    private static string EncodeBytes(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        for (var i = 0; i < bytes.Length; i++)
        {
            var character = (char)bytes[i];
            var isAtEnd = i == 0 || i == bytes.Length - 1;
            if (Plain.Contains(character) && !(character == ' ' && isAtEnd))
            {
                text.Append(character);
            }
            else
            {
                text.Append('%').Append(HexDigit(bytes[i] >> 4)).Append(HexDigit(bytes[i] & 0xF));
            }
        }

        return text.ToString();
    }

    private static int DecodeBytes(ReadOnlySpan<char> value, Span<byte> bytes)
    {
        var count = 0;
        while (!value.IsEmpty)
        {
            if (value is ['%', var high, var low, ..] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
            {
                bytes[count++] = (byte)((HexValue(high) << 4) | HexValue(low));
                value = value[3..];
                continue;
            }

            // An unencoded run ends before the next percent sign; a percent sign that encodes nothing is a character.
            var next = value[1..].IndexOf('%');
            var run = next < 0 ? value : value[..(next + 1)];
            count += Encoding.UTF8.GetBytes(run, bytes[count..]);
            value = value[run.Length..];
        }

        return count;
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private static int HexValue(char digit) =>
        char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
