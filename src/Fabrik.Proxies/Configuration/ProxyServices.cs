using Fabrik.Cache;
using Fabrik.Proxies.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fabrik.Proxies.Configuration;

/// <summary>What a proxy is given by the process.</summary>
public sealed record ProxyServices
{
    /// <summary>Where heads and slices are kept.</summary>
    public required ICacheTier Store { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where logs go.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>What is measured.</summary>
    public required ProxyMetrics Metrics { get; init; }

    /// <summary>Bytes of a slice; 64 KiB to 64 MiB. Bodies that are kept with another size stay readable.</summary>
    public int SliceSize { get; init; } = 1024 * 1024;

    /// <summary>Bytes of slices in memory that are being filled or stored, over all bodies.</summary>
    public long SliceMemory { get; init; } = 128L * 1024 * 1024;

    /// <summary>Heads that are kept in memory; each takes one or two kilobytes.</summary>
    public int HeadsInMemory { get; init; } = 32 * 1024;

    /// <summary>Stale answers that are validated in the background at a time.</summary>
    public int BackgroundRefreshes { get; init; } = 64;

    /// <summary>Seeds the chance in pauses; a test's own makes it repeatable.</summary>
    public Random Random { get; init; } = new();
}
