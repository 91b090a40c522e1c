using System.Text;
using Fabrik.Wire.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// <c>Range</c> headers: a part lies inside the representation, and is the same when it is written out.
/// </summary>
internal sealed class HttpRangeTarget : IFuzzTarget
{
    private static readonly long[] Sizes = [0, 1, 10, 10_000, long.MaxValue];

    public string Name => "http-range";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "bytes=0-9"u8.ToArray(), "bytes=5-"u8.ToArray(), "bytes=-5"u8.ToArray(), "bytes=0-1,5-6"u8.ToArray(),
        "bytes=0-9223372036854775807"u8.ToArray(), "bytes=99999999999999999999-"u8.ToArray(),
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
        var kind = ByteRange.Parse(header, size, out var range);
        if (kind == RangeKind.Whole && range != new ByteRange(0, size))
        {
            throw new InvalidDataException($"'{header}' of {size} bytes is all of them, but {range}");
        }

        if (kind != RangeKind.Part)
        {
            return;
        }

        if (range.Offset < 0 || range.Length <= 0 || range.Offset > size - range.Length)
        {
            throw new InvalidDataException($"'{header}' of {size} bytes is outside: {range}");
        }

        var written = $"bytes={range.Offset}-{range.Offset + range.Length - 1}";
        if (ByteRange.Parse(written, size, out var again) != RangeKind.Part || again != range)
        {
            throw new InvalidDataException($"'{header}' of {size} bytes is {range}, but '{written}' is {again}");
        }
    }
}
