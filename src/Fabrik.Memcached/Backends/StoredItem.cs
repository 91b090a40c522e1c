using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>What is known of a value in the store: what stands before it in a hit.</summary>
/// <param name="Hit">What a client is told.</param>
/// <param name="Digest">The digest of the value.</param>
/// <param name="ExpiresAt">The second since 1970 in which it expires; 0 for never.</param>
internal sealed record StoredItem(HitHead Hit, ContentDigest Digest, long ExpiresAt)
{
    /// <summary>The property with the client's flags, in decimal digits; missing for 0.</summary>
    public const string FlagsProperty = "memcached-flags";

    /// <summary>
    /// The property with the second since 1970 in which it expires; missing for never. It is there besides the
    /// entry's own time to live, as an upstream may know nothing of that.
    /// </summary>
    public const string ExpiresProperty = "memcached-expires";

    /// <summary>Reads what the store knows; null for a value that has expired, or is not one of memcached's.</summary>
    public static StoredItem? Of(ArtifactInfo info, DateTimeOffset now)
    {
        if (!TryRead(info.Metadata.Find(FlagsProperty), out uint flags)
            || !TryRead(info.Metadata.Find(ExpiresProperty), out long expires)
            || info.Size > int.MaxValue)
        {
            return null;
        }

        var left = expires == 0 ? -1 : expires - now.ToUnixTimeSeconds();
        if (expires != 0 && left <= 0)
        {
            return null;
        }

        var hit = new HitHead
        {
            ValueLength = (int)info.Size,
            ClientFlags = flags,
            Unique = UniqueOf(info.Digest, flags),
            RemainingTtl = left,
            IdleSeconds = info.LastAccessedAt is { } at && at < now ? (uint)(now - at).TotalSeconds : 0,
            WasFetched = info.AccessCount > 0,
        };
        return new StoredItem(hit, info.Digest, expires);
    }

    /// <summary>
    /// The number of a value: of its digest, so that it is the same on each machine and after a restart. It does not
    /// tell a value from the same value that was stored again.
    /// </summary>
    public static ulong UniqueOf(ContentDigest digest, uint flags)
    {
        var unique = BinaryPrimitives.ReadUInt64BigEndian(digest.Bytes) ^ flags;
        return unique == 0 ? 1 : unique;
    }

    /// <summary>Whether it is the value that a client means; 0 is any.</summary>
    public bool Matches(ulong unique) => unique == 0 || unique == Hit.Unique;

    /// <summary>
    /// Whether nothing that a change is made from is another: value, flags and expiry. Reading changes none of them.
    /// </summary>
    public bool IsAs(StoredItem other) =>
        Digest == other.Digest && Hit.ClientFlags == other.Hit.ClientFlags && ExpiresAt == other.ExpiresAt;

    private static bool TryRead<T>(string? text, out T number)
        where T : struct, IBinaryInteger<T>
    {
        number = T.Zero;
        return text is null || T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
