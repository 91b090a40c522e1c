namespace Fabrik.Memcached.Routing;

/// <summary>How long a regular expression may take for a key, and who is told where it took longer.</summary>
/// <param name="Time">
/// The time. It does not depend on the pattern in a bad way, so that this is for large patterns as they are met for the
/// first time, and for a machine that stands still.
/// </param>
/// <param name="Exceeded">Is told of each key that was given up; null for nobody.</param>
internal sealed record RegexLimit(TimeSpan Time, Action? Exceeded)
{
    /// <summary>The usual time, of which nobody is told.</summary>
    public static RegexLimit Usual { get; } = new(TimeSpan.FromMilliseconds(100), null);
}
