using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fabrik.Wire.S3.Xml;

/// <summary>
/// Writes the elements of a document as S3 does: no indentation, and control characters as references even where XML
/// 1.0 has no room for them, since keys may hold them (clients that cannot read that ask for encoding-type=url).
/// </summary>
/// <param name="to">Where to.</param>
/// <param name="encodesKeys">Whether keys are percent-encoded: encoding-type=url.</param>
internal readonly ref struct XmlElements(IBufferWriter<byte> to, bool encodesKeys = false)
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(value => (byte)value), .. "<>&\"\x7f"u8]);

    public void Declaration() => to.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8);

    /// <summary>Opens the outermost element.</summary>
    public void Root(string name)
    {
        Raw("<");
        Raw(name);
        Raw(" xmlns=\"" + Namespace + "\">");
    }

    public void Open(string name)
    {
        Raw("<");
        Raw(name);
        Raw(">");
    }

    public void Close(string name)
    {
        Raw("</");
        Raw(name);
        Raw(">");
    }

    /// <summary>An element with text; none for null.</summary>
    public void Text(string name, string? value)
    {
        if (value is not null)
        {
            Open(name);
            Escaped(value);
            Close(name);
        }
    }

    /// <summary>Text inside the element that is open.</summary>
    public void Content(string value) => Escaped(value);

    /// <summary>An element with a key or a part of one; none for null.</summary>
    public void Key(string name, string? value) =>
        Text(name, encodesKeys && value is not null ? S3Uri.EncodePath(value) : value);

    public void Number(string name, long value) => Text(name, value.ToString(CultureInfo.InvariantCulture));

    public void Flag(string name, bool value) => Text(name, value ? "true" : "false");

    /// <summary>A time, to the millisecond.</summary>
    public void Time(string name, DateTimeOffset value) =>
        Text(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    public void CommonPrefixes(IReadOnlyList<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            Open("CommonPrefixes");
            Key("Prefix", prefix);
            Close("CommonPrefixes");
        }
    }

    public void EncodingType() => Text("EncodingType", encodesKeys ? "url" : null);

    private void Raw(string ascii) => Encoding.ASCII.GetBytes(ascii, to);

    private void Escaped(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented));
        while (!bytes.IsEmpty)
        {
            var plain = bytes.IndexOfAny(Special);
            to.Write(plain < 0 ? bytes : bytes[..plain]);
            if (plain < 0)
            {
                break;
            }

            Raw(bytes[plain] switch
            {
                (byte)'<' => "&lt;",
                (byte)'>' => "&gt;",
                (byte)'&' => "&amp;",
                (byte)'"' => "&quot;",
                var control => string.Create(CultureInfo.InvariantCulture, $"&#x{control:X};"),
            });
            bytes = bytes[(plain + 1)..];
        }

        ArrayPool<byte>.Shared.Return(rented);
    }
}
