using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Routing;

/// <summary>
/// The routes that take only commands with a hint, by hint. There are so few that trying each is faster than a hash.
/// </summary>
internal sealed class HintTable
{
    /// <summary>Different hints that the routes of a configuration may have.</summary>
    public const int MaxHints = 64;

    private readonly (byte[] Hint, RouteTable Routes)[] _tables;

    /// <summary>Makes it of each hint with its routes.</summary>
    public HintTable(IEnumerable<(byte[] Hint, RouteTable Routes)> tables) => _tables = [.. tables];

    /// <summary>The routes of the first flag that is the hint of one; null for none. Allocates nothing.</summary>
    public RouteTable? Find(MetaFlags flags)
    {
        while (flags.MoveNext())
        {
            if (RouteHint.IsOne(flags.Flag) && Find(flags.Flag, flags.Value) is { } routes)
            {
                return routes;
            }
        }

        return null;
    }

    /// <summary>The routes of a hint; null for none.</summary>
    /// <param name="flag">Its letter.</param>
    /// <param name="value">What stands behind the letter.</param>
    public RouteTable? Find(byte flag, ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var table in _tables.AsSpan())
        {
            if (table.Hint[0] == flag && value.SequenceEqual(table.Hint.AsSpan(1)))
            {
                return table.Routes;
            }
        }

        return null;
    }
}
