using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// The key of the <c>listings</c> family: the first 16 bytes of the SHA-256 of the listing's name, then the entry's key
/// in UTF-8, so that the rows of a listing lie together in the order of keys.
/// </summary>
internal static class ListingKey
{
    private const int HashLength = 16;

    /// <summary>Bytes that a row takes whose entry's key has so many.</summary>
    public static int LengthOfRow(int keyLength) => HashLength + keyLength + ArtifactId.Length;

    public static byte[] Of(ArtifactMetadata metadata) => Of(Encoding.UTF8.GetBytes(metadata.Listing), metadata.Key);

    /// <summary>The key of a row, or with the beginning of a key what such rows begin with.</summary>
    public static byte[] Of(ReadOnlySpan<byte> listing, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(listing, hash);
        var row = new byte[HashLength + Encoding.UTF8.GetByteCount(key)];
        hash[..HashLength].CopyTo(row);
        Encoding.UTF8.GetBytes(key, row.AsSpan(HashLength));
        return row;
    }

    /// <summary>The entry's key in that of a row.</summary>
    public static ReadOnlySpan<byte> KeyIn(ReadOnlySpan<byte> row) => row[Math.Min(HashLength, row.Length)..];
}
