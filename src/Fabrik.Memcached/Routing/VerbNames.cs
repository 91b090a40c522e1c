using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Routing;

/// <summary>Commands by their names in the text protocol.</summary>
internal static class VerbNames
{
    private static readonly Dictionary<Verb, string> Names = Known().ToDictionary(
        static each => each.Verb, static each => each.Name);

    /// <summary>The name of a command; its own for those that routes do not tell apart.</summary>
    public static string Of(Verb verb) => Names.GetValueOrDefault(verb) ?? verb.ToString().ToLowerInvariant();

    /// <summary>The command of a name; null for what is none.</summary>
    public static Verb? Find(string name) => CommandSet.TryParse([name], out var commands, out _)
        && Enum.GetValues<Verb>().Where(commands.Contains).ToArray() is [var only]
            ? only
            : null;

    // Names of groups are names of several.
    private static IEnumerable<(Verb Verb, string Name)> Known() =>
        from name in CommandSet.Names
        let verb = Find(name)
        where verb is not null
        select (verb.Value, name);
}
