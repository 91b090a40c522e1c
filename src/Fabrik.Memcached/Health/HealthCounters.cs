namespace Fabrik.Memcached.Health;

/// <summary>
/// What has become of a server, through all reloads that had it. All count by <see cref="Interlocked"/>; others read
/// with <see cref="Volatile"/>.
/// </summary>
internal sealed class HealthCounters
{
    /// <summary>How often it died.</summary>
    public long Deaths;

    /// <summary>Probes that were made.</summary>
    public long Probes;

    /// <summary>Probes that were not answered.</summary>
    public long FailedProbes;
}
