using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Memcached.Destinations;

/// <summary>Makes rings as they are configured.</summary>
internal static class Rings
{
    /// <summary>The ring of a pool.</summary>
    public static IRing Create(HashingOptions options, IReadOnlyList<ServerOptions> servers) => Create(
        options, [.. servers.Select(server => new RingMember(NameOf(options.Ring, server), server.Weight))]);

    /// <summary>A ring of members that have their names.</summary>
    public static IRing Create(HashingOptions options, RingMember[] members)
    {
        var keyHash = HashOf(KeyHashOf(options));
        return options.Ring switch
        {
            RingKind.Libmemcached or RingKind.Twemproxy => new KetamaRing(members, keyHash, isWeighted: true),

            // As libmemcached: who gives weights gets the weighted points, with the hash of keys that there was.
            RingKind.LibmemcachedUnweighted => new KetamaRing(
                members, keyHash, isWeighted: members.Any(static member => member.Weight > 1)),
            RingKind.Spy => new SpyRing(members, keyHash),
            RingKind.Nginx => new NginxRing(members, keyHash),
            RingKind.Modula => new ModulaRing(members, keyHash),
            RingKind.TwemproxyModula => new ModulaRing(members, keyHash, isByName: true),
            RingKind.Jump => new JumpRing(members, keyHash),
            _ => new RendezvousRing(members, keyHash),
        };
    }

    /// <summary>
    /// The hash of keys; null for XXH3, which only <see cref="HashingOptions.KeyHash"/> of null stands for.
    /// </summary>
    public static KeyHashKind? KeyHashOf(HashingOptions options) => options.KeyHash ?? options.Ring switch
    {
        RingKind.Libmemcached or RingKind.Spy => KeyHashKind.Md5,
        RingKind.LibmemcachedUnweighted or RingKind.Modula => KeyHashKind.OneAtATime,
        RingKind.Twemproxy or RingKind.TwemproxyModula => KeyHashKind.Fnv1AX64,
        RingKind.Nginx => KeyHashKind.Crc32A,
        _ => null,
    };

    /// <summary>The name that a server has in a ring of a kind.</summary>
    public static string NameOf(RingKind ring, ServerOptions server) => server.Alias ?? ring switch
    {
        RingKind.Libmemcached or RingKind.LibmemcachedUnweighted => KetamaRing.NameOf(server.Host, server.Port),

        // twemproxy takes the colon before the weight with a socket file's path.
        RingKind.Twemproxy or RingKind.TwemproxyModula when server.Port == 0 => server.Host + ":",
        RingKind.Twemproxy or RingKind.TwemproxyModula => KetamaRing.NameOf(server.Host, server.Port),
        RingKind.Spy when server.EndPoint is IPEndPoint address && !IPAddress.TryParse(server.Host, out _) =>
            SpyRing.NameOf(server.Host, address.Address.ToString(), server.Port),
        RingKind.Spy => SpyRing.NameOf(null, server.Host, server.Port),
        RingKind.Nginx => NginxRing.NameOf(server.Host, server.Port),
        _ => server.ToString(),
    };

    private static KeyHash HashOf(KeyHashKind? kind) => kind switch
    {
        KeyHashKind.OneAtATime => OneAtATimeHash.Compute,
        KeyHashKind.Md5 => Md5Hash.Compute,
        KeyHashKind.Crc16 => CrcHash.Compute16,
        KeyHashKind.Crc32 => CrcHash.Compute32,
        KeyHashKind.Crc32A => CrcHash.Compute32A,
        KeyHashKind.Fnv1X64 => FnvHash.Compute1X64,
        KeyHashKind.Fnv1AX64 => FnvHash.Compute1AX64,
        KeyHashKind.Fnv1X32 => FnvHash.Compute1X32,
        KeyHashKind.Fnv1AX32 => FnvHash.Compute1AX32,
        KeyHashKind.Hsieh => HsiehHash.Compute,
        KeyHashKind.Murmur => MurmurHash.Compute,
        KeyHashKind.Jenkins => JenkinsHash.Compute,
        _ => XxHash3.Compute,
    };
}
