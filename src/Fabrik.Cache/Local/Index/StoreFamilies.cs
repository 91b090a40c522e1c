using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Index;

/// <summary>The column families, by index; names and order are persisted (docs/formats/store.md).</summary>
internal static class StoreFamilies
{
    /// <summary>Format version, counters.</summary>
    public const int Meta = 0;

    /// <summary>Artifact id → <see cref="EntryRecord"/>.</summary>
    public const int Entries = 1;

    /// <summary>Content digest → <see cref="BlobRecord"/>.</summary>
    public const int Blobs = 2;

    /// <summary>Content digest → the bytes of a small content.</summary>
    public const int Values = 3;

    /// <summary>Expiry (8 bytes, big-endian) and artifact id → nothing.</summary>
    public const int Expiry = 4;

    /// <summary>First eight bytes of an artifact id → last access and frequency.</summary>
    public const int Access = 5;

    /// <summary><see cref="ListingKey"/> → artifact id.</summary>
    public const int Listings = 6;

    private const long Small = 8 * 1024 * 1024;

    public static IReadOnlyList<RocksFamily> All { get; } =
    [
        new("default", Small),
        new("entries", 2 * Small),
        new("blobs", Small),
        new("values", 4 * Small) { SeparateValues = true, ValuesAreChecked = true },
        new("expiry", Small),
        new("access", Small),
        new("listings", Small),
    ];
}
