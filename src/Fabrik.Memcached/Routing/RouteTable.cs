using System.Runtime.CompilerServices;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Routing;

/// <summary>
/// Finds the route of a request: the first one, in the order in which they are written, whose commands and keys it is
/// of. Keys and prefixes cost what the key is long, however many there are; of globs and regular expressions only those
/// are tried that stand before what was found, and whose beginning the key has.
/// </summary>
/// <remarks>It belongs to one loop: a regular expression that two ask at a time allocates for the second one.</remarks>
internal sealed class RouteTable
{
    /// <summary>Bytes of a key as it may come; longer ones match no glob and no regular expression.</summary>
    public const int MaxKeyLength = 256;

    private readonly PatternTrie _plain;
    private readonly PatternTrie _others;

    private RouteTable(List<PatternEntry> entries)
    {
        _plain = new PatternTrie(entries.Where(IsPlain));
        _others = new PatternTrie(entries.Where(static entry => !IsPlain(entry)));
    }

    /// <summary>Makes it of the routes as they are configured.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="table">The table; null where a route is wrong.</param>
    /// <param name="errors">What is wrong with which routes.</param>
    /// <param name="limits">
    /// Gives the limit of a route's regular expression by its index; null for the usual one.
    /// </param>
    public static bool TryCreate(
        IReadOnlyList<RouteOptions> routes,
        out RouteTable? table,
        out IReadOnlyList<RouteError> errors,
        Func<int, RegexLimit>? limits = null)
    {
        var entries = new List<PatternEntry>(routes.Count);
        var found = new List<RouteError>();
        for (var i = 0; i < routes.Count; i++)
        {
            if (!CommandSet.TryParse(routes[i].Commands, out var commands, out var unknown))
            {
                found.Add(new RouteError(routes[i].Name, $"'{unknown}' is no command"));
            }

            var limit = limits?.Invoke(i) ?? RegexLimit.Usual;
            if (RoutePattern.TryParse(routes[i].Matcher, limit, out var pattern, out var error))
            {
                entries.Add(new PatternEntry(i, commands.Bits, pattern!));
            }
            else
            {
                found.Add(new RouteError(routes[i].Name, error!));
            }
        }

        errors = found;
        table = found.Count == 0 ? new RouteTable(entries) : null;
        return table is not null;
    }

    /// <summary>Finds the route of a request; allocates nothing.</summary>
    /// <param name="verb">What it does.</param>
    /// <param name="key">Its key; empty for a command without one.</param>
    /// <returns>The index of the route; -1 where there is none.</returns>
    public int Find(Verb verb, ReadOnlySpan<byte> key)
    {
        var text = new KeyText(key, []);
        var command = CommandSet.BitOf(verb);
        var found = _plain.FindLowest(ref text, command, int.MaxValue);
        if (!_others.IsEmpty && found > 0 && key.Length <= MaxKeyLength)
        {
            found = FindOther(key, command, found);
        }

        return found == int.MaxValue ? -1 : found;
    }

    private static bool IsPlain(PatternEntry entry) => entry.Pattern.Kind is PatternKind.Exact or PatternKind.Prefix;

    [SkipLocalsInit]
    private int FindOther(ReadOnlySpan<byte> key, ulong command, int below)
    {
        var text = new KeyText(key, stackalloc char[MaxKeyLength]);
        return _others.FindLowest(ref text, command, below);
    }
}

/// <summary>What is wrong with a route.</summary>
/// <param name="Route">Its name.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record RouteError(string Route, string Message);
