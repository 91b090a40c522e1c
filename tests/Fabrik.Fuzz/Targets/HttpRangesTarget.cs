using System.Text;
using Fabrik.Wire.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// <c>Range</c> headers with several ranges: the parts lie inside the representation and do not overlap, and one alone
/// is read as by the reader of single ranges.
/// </summary>
internal sealed class HttpRangesTarget : IFuzzTarget
{
    private static readonly long[] Sizes = [0, 1, 10, 10_000, long.MaxValue];

    public string Name => "http-ranges";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "bytes=0-9"u8.ToArray(), "bytes=5-"u8.ToArray(), "bytes=-5"u8.ToArray(), "bytes=0-1,500-600 , -6"u8.ToArray(),
        "bytes=0-0,2-2,4-4,6-6,8-8"u8.ToArray(), "bytes=99999999999999999999-,0-9223372036854775807"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var header = Encoding.Latin1.GetString(input);
        foreach (var size in Sizes)
        {
            Check(header, size);
        }
    }

    private static void Check(string header, long size)
    {
        var kind = ByteRanges.Parse(header, size, out var ranges);
        if ((kind == RangeKind.Part) != (ranges.Count > 0) || ranges.Count > ByteRanges.MaxRanges)
        {
            throw new InvalidDataException($"'{header}' of {size} bytes is {kind} with {ranges.Count} parts");
        }

        var end = 0L;
        foreach (var range in ranges.OrderBy(range => range.Offset))
        {
            if (range.Length <= 0 || range.Offset < end || range.Offset > size - range.Length)
            {
                throw new InvalidDataException($"'{header}' of {size} bytes has {range} outside or twice");
            }

            end = range.Offset + range.Length;
        }

        var single = ByteRange.Parse(header, size, out var one);
        if (single != RangeKind.Whole && (kind != single || (kind == RangeKind.Part && ranges[0] != one)))
        {
            throw new InvalidDataException($"'{header}' of {size} bytes is {one} alone, but {kind} among others");
        }
    }
}
