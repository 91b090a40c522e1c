using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Routing;

/// <summary>Some of the commands, as a route has them.</summary>
internal readonly record struct CommandSet
{
    /// <summary>Names of the text protocol, each for one command, and names for groups of them.</summary>
    private static readonly Dictionary<string, CommandSet> Known = new(StringComparer.Ordinal)
    {
        ["get"] = new(Verb.Get),
        ["gets"] = new(Verb.Gets),
        ["gat"] = new(Verb.Gat),
        ["gats"] = new(Verb.Gats),
        ["mg"] = new(Verb.MetaGet),
        ["me"] = new(Verb.MetaDebug),
        ["set"] = new(Verb.Set),
        ["add"] = new(Verb.Add),
        ["replace"] = new(Verb.Replace),
        ["append"] = new(Verb.Append),
        ["prepend"] = new(Verb.Prepend),
        ["cas"] = new(Verb.Cas),
        ["ms"] = new(Verb.MetaSet),
        ["incr"] = new(Verb.Increment),
        ["decr"] = new(Verb.Decrement),
        ["ma"] = new(Verb.MetaArithmetic),
        ["touch"] = new(Verb.Touch),
        ["delete"] = new(Verb.Delete),
        ["md"] = new(Verb.MetaDelete),
        ["mn"] = new(Verb.Noop),
        ["flush_all"] = new(Verb.FlushAll),
        ["version"] = new(Verb.Version),
        ["verbosity"] = new(Verb.Verbosity),
        ["stats"] = new(Verb.Stats),
        ["config"] = new(Verb.Config),
        ["read"] = new(Verb.Get, Verb.Gets, Verb.Gat, Verb.Gats, Verb.MetaGet, Verb.MetaDebug),
        ["write"] = new(
            Verb.Set, Verb.Add, Verb.Replace, Verb.Append, Verb.Prepend, Verb.Cas, Verb.MetaSet, Verb.Increment,
            Verb.Decrement, Verb.MetaArithmetic, Verb.Touch, Verb.Delete, Verb.MetaDelete),
        ["arithmetic"] = new(Verb.Increment, Verb.Decrement, Verb.MetaArithmetic),
        ["meta"] = new(
            Verb.MetaGet, Verb.MetaDebug, Verb.MetaSet, Verb.MetaDelete, Verb.MetaArithmetic, Verb.Noop),
    };

    private CommandSet(params ReadOnlySpan<Verb> verbs)
    {
        foreach (var verb in verbs)
        {
            Bits |= BitOf(verb);
        }
    }

    private CommandSet(ulong bits) => Bits = bits;

    /// <summary>All of them.</summary>
    public static CommandSet All => new(ulong.MaxValue);

    /// <summary>Those that carry flags, and with them hints.</summary>
    public static CommandSet WithHints { get; } = new(
        Verb.MetaGet, Verb.MetaDebug, Verb.MetaSet, Verb.MetaDelete, Verb.MetaArithmetic);

    /// <summary>The names that may be written: of commands, and of groups (read, write, arithmetic, meta).</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>A bit for each command.</summary>
    public ulong Bits { get; }

    /// <summary>The bit of a command.</summary>
    public static ulong BitOf(Verb verb) => 1UL << (int)verb;

    /// <summary>Whether a command belongs to it.</summary>
    public bool Contains(Verb verb) => (Bits & BitOf(verb)) != 0;

    /// <summary>Reads it from configuration.</summary>
    /// <param name="names">Some of <see cref="Names"/>; none for all commands.</param>
    /// <param name="set">The commands.</param>
    /// <param name="unknown">The first name that is none of them.</param>
    public static bool TryParse(IReadOnlyList<string> names, out CommandSet set, out string? unknown)
    {
        unknown = null;
        set = names.Count == 0 ? All : default;
        foreach (var name in names)
        {
            if (!Known.TryGetValue(name, out var commands))
            {
                unknown = name;
                return false;
            }

            set = new CommandSet(set.Bits | commands.Bits);
        }

        return true;
    }
}
