using System.Text;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Fuzz.Targets;

/// <summary><c>Content-Range</c>: a part lies inside the whole, and is the same once written and read again.</summary>
internal sealed class ContentRangeTarget : IFuzzTarget
{
    public string Name => "content-range";

    public IReadOnlyList<byte[]> Seeds { get; } =
        ["bytes 0-4/10"u8.ToArray(), "bytes 5-5/*"u8.ToArray(), "bytes */10"u8.ToArray()];

    public void Run(ReadOnlySpan<byte> input)
    {
        var value = Encoding.Latin1.GetString(input);
        if (!ContentRange.TryParse(value, out var range))
        {
            return;
        }

        var (offset, length) = range.Range;
        if (offset < 0 || length <= 0 || range.Size - length < offset
            || !ContentRange.TryParse(range.ToString(), out var again) || again != range)
        {
            throw new InvalidDataException($"'{value}' is read as {range}");
        }
    }
}
