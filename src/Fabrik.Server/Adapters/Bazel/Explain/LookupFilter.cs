using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>Which entries of a journal are wanted; what is set holds together.</summary>
public sealed record LookupFilter
{
    /// <summary>Those of one action.</summary>
    public ContentDigest? Action { get; init; }

    /// <summary>
    /// Those of one target; empty for all. <c>//app</c> is <c>//app:app</c>, and the main repository may be named
    /// (<c>@//app</c>, <c>@@//app</c>) or not: <c>@</c> in front counts for nothing.
    /// </summary>
    public string Target
    {
        get;
        init => field = WholeLabel(value);
    } = "";

    /// <summary>Those of one run of a build tool; empty for all.</summary>
    public string Invocation { get; init; } = "";

    internal bool Admits(in JournalEntry entry) =>
        (Action is not { } action || entry.Action == action)
        && (Invocation.Length == 0 || entry.Invocation.Text == Invocation)
        && (Target.Length == 0 || entry.Target.Text.AsSpan().TrimStart('@').SequenceEqual(Target));

    private static string WholeLabel(string label)
    {
        var bare = label.TrimStart('@');
        var name = bare[(bare.LastIndexOf('/') + 1)..];
        return bare.Contains("//", StringComparison.Ordinal) && name.Length > 0
            && !name.Contains(':', StringComparison.Ordinal)
            ? $"{bare}:{name}"
            : bare;
    }
}
