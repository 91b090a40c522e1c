using System.Globalization;
using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Serving;

/// <summary>The frame around several parts of a representation: RFC 9110, section 14.6.</summary>
internal sealed class MultipartRanges
{
    private readonly string _boundary;
    private readonly string? _type;
    private readonly long _size;

    /// <summary>A frame.</summary>
    /// <param name="contentType">The type of the representation.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="generation">Tells its boundary from those of others.</param>
    public MultipartRanges(string? contentType, long size, long generation)
    {
        _type = contentType;
        _size = size;
        _boundary = string.Create(CultureInfo.InvariantCulture, $"fabrik-{generation:x16}");
    }

    /// <summary>The type of the answer.</summary>
    public string ContentType => $"multipart/byteranges; boundary={_boundary}";

    /// <summary>What stands behind the last part.</summary>
    public byte[] End => Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n");

    /// <summary>What stands before a part.</summary>
    public byte[] HeaderOf(ByteRange range)
    {
        var type = _type is null ? "" : $"Content-Type: {_type}\r\n";
        return Encoding.Latin1.GetBytes(
            $"\r\n--{_boundary}\r\n{type}Content-Range: {new ContentRange(range, _size)}\r\n\r\n");
    }

    /// <summary>Bytes of the answer.</summary>
    public long LengthOf(IReadOnlyList<ByteRange> ranges) =>
        ranges.Sum(range => HeaderOf(range).Length + range.Length) + End.Length;
}
