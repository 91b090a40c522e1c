using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;

namespace Fabrik.Cache.Local;

/// <summary>What a local store is opened with.</summary>
public sealed record LocalStoreOptions
{
    /// <summary>The folder it owns; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The most bytes it keeps on disk (blobs as stored, and their records); never exceeded.</summary>
    public long MaxSize { get; init; } = 10L * 1000 * 1000 * 1000;

    /// <summary>Which entries leave first when it is full.</summary>
    public EvictionPolicyKind EvictionPolicy { get; init; } = EvictionPolicyKind.Lfu;

    /// <summary>How long an entry lives whose writer does not say; <see langword="null"/> for as long as there is room.</summary>
    public TimeSpan? DefaultTtl { get; init; }

    /// <summary>What an acknowledged write survives.</summary>
    public DurabilityKind Durability { get; init; }

    /// <summary>How long an entry stays for sure after its existence was promised. Bazel's clients assume 3 hours.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(3);

    /// <summary>Values up to this many bytes lie in the index, larger ones are files. At most 1 MiB.</summary>
    public int InlineLimit { get; init; } = 64 * 1024;

    /// <summary>How contents are compressed at rest, where it pays.</summary>
    public CompressionKind Compression { get; init; } = CompressionKind.Zstd;

    /// <summary>The zstd level, 1 to 19: higher is smaller and slower.</summary>
    public int CompressionLevel { get; init; } = 3;

    /// <summary>The AES-256-GCM key, 32 bytes, that contents are encrypted with at rest; empty for none.</summary>
    public ReadOnlyMemory<byte> EncryptionKey { get; init; }
}

/// <summary>What an acknowledged write survives.</summary>
public enum DurabilityKind
{
    /// <summary>A crash or <c>kill -9</c> of this process: the system has the bytes.</summary>
    Process,

    /// <summary>A loss of power too: the disk has the bytes. Concurrent writers share one wait.</summary>
    Sync,
}
