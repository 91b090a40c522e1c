namespace Fabrik.Fuzz;

/// <summary>Makes inputs out of valid ones: a few random edits each, repeatable by seed.</summary>
internal sealed class FuzzMutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private const int MaxLength = 1 << 20;
    private const int MaxEdits = 8;

    private readonly Random _random = new(seed);

    /// <summary>The next input; now and then an unchanged seed or pure noise.</summary>
    public byte[] Next()
    {
        var kind = _random.Next(20);
        if (kind == 0)
        {
            var noise = new byte[_random.Next(256)];
            _random.NextBytes(noise);
            return noise;
        }

        var input = seeds[_random.Next(seeds.Count)];
        var edits = kind == 1 ? 0 : 1 + _random.Next(MaxEdits);
        for (var i = 0; i < edits; i++)
        {
            input = Edit(input);
        }

        return input;
    }

    private byte[] Edit(byte[] input)
    {
        var at = _random.Next(input.Length + 1);
        var run = Math.Min(_random.Next(1, 17), input.Length - at);
        switch (_random.Next(7))
        {
            case 0:
                return input[..at];
            case 1:
                return [.. input[..at], .. input[(at + run)..]];
            case 2 when input.Length < MaxLength:
                return [.. input[..at], .. Noise(), .. input[at..]];
            case 3 when input.Length < MaxLength:
                return [.. input[..(at + run)], .. input[at..]];
            case 4:
                var other = seeds[_random.Next(seeds.Count)];
                return [.. input[..at], .. other[Math.Min(at, other.Length)..]];
            case 5 when run > 0:
                var extreme = (byte[])input.Clone();
                extreme.AsSpan(at, run).Fill(_random.Next(2) == 0 ? (byte)0 : (byte)0xFF);
                return extreme;
            default:
                return FlipBit(input);
        }
    }

    private byte[] FlipBit(byte[] input)
    {
        if (input.Length == 0)
        {
            return input;
        }

        var flipped = (byte[])input.Clone();
        flipped[_random.Next(flipped.Length)] ^= (byte)(1 << _random.Next(8));
        return flipped;
    }

    private byte[] Noise()
    {
        var noise = new byte[_random.Next(1, 17)];
        _random.NextBytes(noise);
        return noise;
    }
}
