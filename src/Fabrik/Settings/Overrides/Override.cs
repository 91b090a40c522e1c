namespace Fabrik.Settings.Overrides;

/// <summary>A value from the environment or the command line, not yet matched to a setting.</summary>
/// <param name="Token">
/// The setting in the form of a variable without prefix: <c>CACHE_MAX_SIZE</c>, <c>UPSTREAM_0_URL</c>.
/// </param>
/// <param name="Text">The value.</param>
/// <param name="Origin">The variable or the flag.</param>
internal sealed record Override(string Token, string Text, Origin Origin)
{
    /// <summary>Whether no value was given: right for a switch, which it turns on, and wrong for all else.</summary>
    public bool IsBare { get; init; }
}
