using System.Buffers.Binary;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The key of the <c>values</c> family: the content's digest, then its place's number, big-endian. So a content that
/// was dropped and stored anew is another one for those entries that point at the old.
/// </summary>
internal static class ValueKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = ContentDigest.Length + sizeof(ulong);

    public static void Write(Span<byte> destination, in BlobPlace place)
    {
        place.Digest.Bytes.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[ContentDigest.Length..], place.Number);
    }
}
