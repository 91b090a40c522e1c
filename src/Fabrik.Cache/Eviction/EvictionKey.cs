using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Eviction;

/// <summary>
/// The first eight bytes of an id or digest, which are a hash already: all that is kept in memory of it. Two ids that
/// share them (about 3 in a million for a store of ten million entries) share one place in the order; who evicts
/// finds every id behind a key by seeking in its index from <see cref="WritePrefix"/>.
/// </summary>
internal static class EvictionKey
{
    /// <summary>Bytes of the prefix.</summary>
    public const int Length = sizeof(ulong);

    /// <summary>The key of an artifact.</summary>
    public static ulong Of(ArtifactId id) => BinaryPrimitives.ReadUInt64BigEndian(id.Bytes);

    /// <summary>The key of a blob.</summary>
    public static ulong Of(ContentDigest digest) => BinaryPrimitives.ReadUInt64BigEndian(digest.Bytes);

    /// <summary>The bytes that every id with this key starts with.</summary>
    public static void WritePrefix(ulong key, Span<byte> destination) =>
        BinaryPrimitives.WriteUInt64BigEndian(destination, key);
}
