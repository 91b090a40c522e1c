using Fabrik.Wire.Bazel;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Chunks of any stream: together they are the stream, each but the last is within the limits, and the cuts do not
/// depend on the pieces that the stream comes in. The first byte of an input says how long the pieces are.
/// </summary>
internal sealed class FastCdc2020Target : IFuzzTarget
{
    private const int Average = FastCdc2020.MinAverage;

    public string Name => "fast-cdc-2020";

    public IReadOnlyList<byte[]> Seeds { get; } = [Noise(1, 9000), Noise(200, 3001), new byte[8194], [0]];

    public void Run(ReadOnlySpan<byte> input)
    {
        FastCdc2020 chunker = new(Average);
        var piece = input.IsEmpty ? 1 : 1 + input[0];
        var whole = Cut(chunker, input, Math.Max(1, input.Length));
        var pieces = Cut(chunker, input, piece);
        if (!whole.SequenceEqual(pieces))
        {
            throw new InvalidDataException(
                $"pieces of {piece} bytes make {string.Join(' ', pieces)} of {string.Join(' ', whole)}");
        }

        if (whole.Sum() != input.Length)
        {
            throw new InvalidDataException($"{string.Join(' ', whole)} are not {input.Length} bytes");
        }

        for (var i = 0; i < whole.Count; i++)
        {
            var isLast = i == whole.Count - 1;
            if (whole[i] > chunker.MaxLength || whole[i] < (isLast ? 1 : chunker.MinLength))
            {
                throw new InvalidDataException($"chunk {i} has {whole[i]} bytes");
            }
        }
    }

    private static List<int> Cut(FastCdc2020 chunker, ReadOnlySpan<byte> content, int piece)
    {
        List<int> lengths = [];
        while (!content.IsEmpty)
        {
            var data = content[..Math.Min(piece, content.Length)];
            content = content[data.Length..];
            while (chunker.TryCut(ref data, out var length))
            {
                lengths.Add(length);
            }

            if (!data.IsEmpty)
            {
                throw new InvalidDataException($"{data.Length} bytes are left without a cut");
            }
        }

        if (chunker.Finish() is > 0 and var last)
        {
            lengths.Add(last);
        }

        return lengths;
    }

    private static byte[] Noise(byte first, int length)
    {
        var noise = new byte[length];
        new Random(first).NextBytes(noise);
        noise[0] = first;
        return noise;
    }
}
