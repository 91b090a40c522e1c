using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;

namespace Fabrik.Cache.Local;

/// <summary>What a local store is opened with.</summary>
public sealed record LocalStoreOptions
{
    /// <summary>The most that <see cref="InlineLimit"/> may be, in bytes: a batch of the index holds several.</summary>
    public const int MaxInlineLimit = 1024 * 1024;

    /// <summary>The folder it owns; made when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>The most bytes it keeps on disk (blobs as stored, and their records); never exceeded.</summary>
    public long MaxSize { get; init; } = 10L * 1000 * 1000 * 1000;

    /// <summary>Which entries leave first when it is full.</summary>
    public EvictionPolicyKind EvictionPolicy { get; init; } = EvictionPolicyKind.Lfu;

    /// <summary>
    /// How long an entry lives whose writer does not say; <see langword="null"/> for as long as there is room.
    /// </summary>
    public TimeSpan? DefaultTtl { get; init; }

    /// <summary>What an acknowledged write survives.</summary>
    public DurabilityKind Durability { get; init; }

    /// <summary>
    /// How long an entry stays for sure after its existence was promised. Bazel's clients assume 3 hours.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(3);

    /// <summary>
    /// Values up to this many bytes lie in the index, larger ones are files; 0 to <see cref="MaxInlineLimit"/>.
    /// </summary>
    public int InlineLimit { get; init; } = 16 * 1024;

    /// <summary>Memory for entries that are read again and again, in bytes; 0 for none.</summary>
    public long HotSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>How new contents are compressed, where that pays. Older ones are read whatever this says.</summary>
    public CompressionKind Compression { get; init; } = CompressionKind.Zstd;

    /// <summary>
    /// zstd's level, 1 to 19, for contents above 1 MiB. A writer of less does not wait for more than level 3.
    /// </summary>
    public int CompressionLevel { get; init; } = 3;

    /// <summary>
    /// The key that new contents are encrypted under (AES-256-GCM), 32 bytes; empty for none. Contents of an earlier
    /// key, or of none, stay readable or not by their own form: what was encrypted needs its key.
    /// </summary>
    public ReadOnlyMemory<byte> EncryptionKey { get; init; }

    /// <summary>What is wrong with the options, in a sentence; <see langword="null"/> if nothing is.</summary>
    internal string? FindFault() =>
        EncryptionKey.Length is not (0 or BlobEncodingOptions.KeyLength)
            ? $"the store's encryption key has {EncryptionKey.Length} bytes, expected {BlobEncodingOptions.KeyLength}"
        : CompressionLevel is < 1 or > 19 ? $"the store's compression level is {CompressionLevel}, expected 1 to 19"
        : InlineLimit is < 0 or > MaxInlineLimit
            ? $"the store's inline limit is {InlineLimit} bytes, expected 0 to {MaxInlineLimit}"
        : MaxSize < 0 ? $"the store's size limit is {MaxSize} bytes, expected 0 or more"
        : null;
}

/// <summary>What an acknowledged write survives.</summary>
public enum DurabilityKind
{
    /// <summary>A crash or <c>kill -9</c> of this process: the system has the bytes.</summary>
    Process,

    /// <summary>A loss of power too: the disk has the bytes. Concurrent writers share one wait.</summary>
    Sync,
}
