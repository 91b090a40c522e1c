using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The key of the <c>expiry</c> family: the moment in 8 bytes, big-endian, so that keys sort by it, then the entry's
/// id.
/// </summary>
internal static class ExpiryKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = sizeof(long) + ArtifactId.Length;

    public static void Write(Span<byte> destination, ArtifactId id, long expiresAt)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, expiresAt);
        id.Bytes.CopyTo(destination[sizeof(long)..]);
    }

    public static (ArtifactId Id, long ExpiresAt) Read(ReadOnlySpan<byte> key) =>
        (new ArtifactId(key[sizeof(long)..]), BinaryPrimitives.ReadInt64BigEndian(key));
}
