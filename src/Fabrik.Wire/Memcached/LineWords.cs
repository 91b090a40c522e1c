using System.Runtime.CompilerServices;

namespace Fabrik.Wire.Memcached;

/// <summary>Where the words of a line of a few words are.</summary>
internal struct LineWords
{
    /// <summary>How many words are told apart: a line of more is wrong whatever its command.</summary>
    public const int Max = 8;

    private Places _places;

    /// <summary>Finds the words of a line.</summary>
    public LineWords(ReadOnlySpan<byte> line)
    {
        var words = new LineTokens(line);
        while (Count < Max && words.Next())
        {
            _places[Count] = (words.Start, words.Length);
            Count++;
        }
    }

    /// <summary>How many there are, and <see cref="Max"/> if there are more.</summary>
    public int Count { get; private set; }

    /// <summary>Where one begins.</summary>
    public readonly int Start(int index) => _places[index].Start;

    /// <summary>Bytes of one.</summary>
    public readonly int Length(int index) => _places[index].Length;

    /// <summary>One of them.</summary>
    public readonly ReadOnlySpan<byte> Get(ReadOnlySpan<byte> line, int index) =>
        line.Slice(_places[index].Start, _places[index].Length);

    [InlineArray(Max)]
    private struct Places
    {
        private (int Start, int Length) _first;
    }
}
