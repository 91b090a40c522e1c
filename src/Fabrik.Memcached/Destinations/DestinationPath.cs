namespace Fabrik.Memcached.Destinations;

/// <summary>The way of a key through destinations, as it is told to people.</summary>
internal sealed class DestinationPath
{
    private readonly List<string> _lines = [];
    private int _depth;

    /// <summary>The way: a line for each destination, indented by two spaces for each one around it.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a destination.</summary>
    public void Add(string line) => _lines.Add(new string(' ', 2 * _depth) + line);

    /// <summary>Adds what lies behind the destination that was added last.</summary>
    public void Enter(Destination destination, ReadOnlySpan<byte> key)
    {
        _depth++;
        destination.Explain(key, this);
        _depth--;
    }

    /// <summary>Adds what lies behind the destination that was added last under a condition.</summary>
    /// <param name="condition">When a key goes there.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="key">The key.</param>
    public void EnterIf(string condition, Destination destination, ReadOnlySpan<byte> key)
    {
        _depth++;
        Add(condition);
        Enter(destination, key);
        _depth--;
    }
}
