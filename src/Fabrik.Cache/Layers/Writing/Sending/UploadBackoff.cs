namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>
/// How long to wait after so many failures in a row: doubling, from half of it up to all of it by chance, so that many
/// machines do not come back at once.
/// </summary>
internal sealed class UploadBackoff(Random random)
{
    /// <summary>An upstream that failed: 1 second up to a minute.</summary>
    public static readonly BackoffLimits Upstream = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>An order that failed: 2 seconds up to 5 minutes.</summary>
    public static readonly BackoffLimits Order = new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5));

    private readonly Lock _lock = new();

    /// <summary>The wait after a number of failures, 1 or more.</summary>
    public TimeSpan After(int failures, BackoffLimits limits)
    {
        var longest = Math.Min(
            limits.First.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 32) - 1), limits.Longest.TotalMilliseconds);
        lock (_lock)
        {
            return TimeSpan.FromMilliseconds(longest * (0.5 + (random.NextDouble() / 2)));
        }
    }
}

/// <summary>The shortest and the longest wait, before chance.</summary>
internal readonly record struct BackoffLimits(TimeSpan First, TimeSpan Longest);
