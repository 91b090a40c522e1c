using System.Runtime.CompilerServices;
using System.Text;
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
    private readonly HintTable? _hints;

    private RouteTable(IReadOnlyCollection<PatternEntry> entries, HintTable? hints = null)
    {
        _plain = new PatternTrie(entries.Where(IsPlain));
        _others = new PatternTrie(entries.Where(static entry => !IsPlain(entry)));
        _hints = hints;
    }

    /// <summary>Whether some routes take only commands with a hint.</summary>
    public bool HasHints => _hints is not null;

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

        found.AddRange(RouteHint.Check(routes));
        errors = found;
        table = found.Count == 0 ? Create(routes, entries) : null;
        return table is not null;
    }

    /// <summary>Finds the route of a request; allocates nothing.</summary>
    /// <param name="verb">What it does.</param>
    /// <param name="key">Its key; empty for a command without one.</param>
    /// <returns>The index of the route; -1 where there is none.</returns>
    public int Find(Verb verb, ReadOnlySpan<byte> key)
    {
        var found = FindLowest(verb, key, int.MaxValue);
        return found == int.MaxValue ? -1 : found;
    }

    /// <summary>Finds the route of a meta command; allocates nothing.</summary>
    /// <param name="verb">What it does.</param>
    /// <param name="key">Its key.</param>
    /// <param name="flags">
    /// Its flags. The first that is the hint of a route counts, and no further one; there may be none.
    /// </param>
    /// <returns>The index of the route; -1 where there is none.</returns>
    public int Find(Verb verb, ReadOnlySpan<byte> key, MetaFlags flags) => Find(verb, key, _hints?.Find(flags));

    /// <summary>Finds the route of a meta command with a hint.</summary>
    /// <param name="verb">What it does.</param>
    /// <param name="key">Its key.</param>
    /// <param name="hint">The hint, with its letter.</param>
    /// <returns>The index of the route; -1 where there is none.</returns>
    public int Find(Verb verb, ReadOnlySpan<byte> key, ReadOnlySpan<byte> hint) =>
        Find(verb, key, _hints?.Find(hint[0], hint[1..]));

    private static RouteTable Create(IReadOnlyList<RouteOptions> routes, List<PatternEntry> entries)
    {
        var byHint = entries.ToLookup(entry => routes[entry.Index].Hint, StringComparer.Ordinal);
        var hinted = byHint.Where(static group => group.Key is not null).ToArray();
        var hints = hinted.Select(static group => (
            Encoding.ASCII.GetBytes(group.Key!), new RouteTable([.. group.Select(OfMeta)])));
        return new RouteTable([.. byHint[null]], hinted.Length > 0 ? new HintTable(hints) : null);
    }

    private static PatternEntry OfMeta(PatternEntry entry) =>
        entry with { Commands = entry.Commands & CommandSet.WithHints.Bits };

    private int Find(Verb verb, ReadOnlySpan<byte> key, RouteTable? hinted)
    {
        var below = hinted?.FindLowest(verb, key, int.MaxValue) ?? int.MaxValue;
        var found = FindLowest(verb, key, below);
        return found == int.MaxValue ? -1 : found;
    }

    private int FindLowest(Verb verb, ReadOnlySpan<byte> key, int below)
    {
        var text = new KeyText(key, []);
        var command = CommandSet.BitOf(verb);
        var found = _plain.FindLowest(ref text, command, below);
        return !_others.IsEmpty && found > 0 && key.Length <= MaxKeyLength ? FindOther(key, command, found) : found;
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
