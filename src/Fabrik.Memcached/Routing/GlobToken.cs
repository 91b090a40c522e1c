namespace Fabrik.Memcached.Routing;

/// <summary>A step of a glob.</summary>
internal readonly struct GlobToken
{
    // A bit for each ASCII character.
    private readonly UInt128 _set;
    private readonly bool _isNegated;
    private readonly byte _literal;

    private GlobToken(GlobTokenKind kind, byte literal = 0, UInt128 set = default, bool isNegated = false)
    {
        Kind = kind;
        _literal = literal;
        _set = set;
        _isNegated = isNegated;
    }

    /// <summary>What it is.</summary>
    public GlobTokenKind Kind { get; }

    /// <summary>The byte of a <see cref="GlobTokenKind.Literal"/>.</summary>
    public byte Literal => _literal;

    public static GlobToken OfByte(byte value) => new(GlobTokenKind.Literal, value);

    public static GlobToken OfAnyRun() => new(GlobTokenKind.AnyRun);

    public static GlobToken OfAnyOne() => new(GlobTokenKind.AnyOne);

    public static GlobToken OfSet(UInt128 set, bool isNegated) =>
        new(GlobTokenKind.Set, set: set, isNegated: isNegated);

    /// <summary>How many bytes the character at the beginning of some bytes has; there is at least one byte.</summary>
    public static int CharacterLength(ReadOnlySpan<byte> bytes)
    {
        var length = bytes[0] switch { < 0xC0 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
        for (var i = 1; i < length; i++)
        {
            // What is cut short is as long as it is.
            if (i == bytes.Length || (bytes[i] & 0xC0) != 0x80)
            {
                return i;
            }
        }

        return length;
    }

    /// <summary>
    /// How many bytes it takes of the beginning of some; 0 where it does not match, or there are none.
    /// </summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return 0;
        }

        return Kind switch
        {
            GlobTokenKind.Literal => bytes[0] == _literal ? 1 : 0,
            GlobTokenKind.AnyOne => CharacterLength(bytes),
            _ => HasFirst(bytes[0]) != _isNegated ? CharacterLength(bytes) : 0,
        };
    }

    private bool HasFirst(byte first) => first < 128 && ((_set >> first) & 1) != 0;
}

/// <summary>What a step of a glob is.</summary>
internal enum GlobTokenKind : byte
{
    /// <summary>A byte.</summary>
    Literal,

    /// <summary><c>*</c>.</summary>
    AnyRun,

    /// <summary><c>?</c>: one character, which may be several bytes.</summary>
    AnyOne,

    /// <summary><c>[...]</c>: one character.</summary>
    Set,
}
