using System.Net;

namespace Fabrik.Memcached.Configuration;

/// <summary>A memcached server.</summary>
/// <param name="Host">Its name or address, or the path of its socket file, as it is configured.</param>
/// <param name="Port">Its port; 0 for a socket file.</param>
/// <param name="Weight">Its share of the keys, beside that of others.</param>
public sealed record ServerOptions(string Host, int Port = 11211, int Weight = 1)
{
    /// <summary>The name that rings of other implementations may know it by; null for host and port.</summary>
    public string? Alias { get; init; }

    /// <summary>Where to connect, where that is known without asking; null for a name of DNS.</summary>
    public EndPoint? EndPoint { get; init; }

    /// <summary>As it is written: <c>host:port</c>.</summary>
    public override string ToString() => Port == 0 ? Host : $"{Host}:{Port}";
}

/// <summary>How a pool finds its servers.</summary>
/// <param name="Kind">Whom it asks.</param>
/// <param name="Name">The name to resolve, or the configuration endpoint.</param>
/// <param name="Port">The port of the servers, or of the configuration endpoint.</param>
/// <param name="Interval">How often it asks.</param>
public sealed record DiscoveryOptions(DiscoveryKind Kind, string Name, int Port, TimeSpan Interval);

/// <summary>Whom a pool asks for its servers.</summary>
public enum DiscoveryKind
{
    /// <summary>DNS: each address of a name is a server.</summary>
    Dns,

    /// <summary>A node of ElastiCache, by <c>config get cluster</c>.</summary>
    ElastiCache,
}

/// <summary>How a key chooses one of several.</summary>
public sealed record HashingOptions
{
    /// <summary>The ring, or what stands for one.</summary>
    public RingKind Ring { get; init; } = RingKind.Libmemcached;

    /// <summary>The hash of keys, where <see cref="Ring"/> leaves a choice; null for its usual one.</summary>
    public KeyHashKind? KeyHash { get; init; }

    /// <summary>Two characters: only what stands between them in a key is hashed; null for the whole key.</summary>
    public string? HashTag { get; init; }
}

/// <summary>How keys are spread, each as another implementation does it.</summary>
public enum RingKind
{
    /// <summary>libmemcached with <c>KETAMA_WEIGHTED</c>: MD5, 160 points for each server.</summary>
    Libmemcached,

    /// <summary>libmemcached's consistent distribution without weights: 100 points of the key's hash.</summary>
    LibmemcachedUnweighted,

    /// <summary>twemproxy's ketama.</summary>
    Twemproxy,

    /// <summary>
    /// spymemcached's ketama. libmemcached's <c>KETAMA_SPY</c> with weights is this one with names like
    /// <c>/host:port</c>.
    /// </summary>
    Spy,

    /// <summary>nginx's <c>hash ... consistent</c>: CRC-32, 160 points for each weight.</summary>
    Nginx,

    /// <summary>libmemcached's <c>modula</c>: the hash modulo the number of servers, in their order.</summary>
    Modula,

    /// <summary>Jump consistent hash, as memcached's own proxy has it.</summary>
    Jump,

    /// <summary>The highest random weight of all servers.</summary>
    Rendezvous,

    /// <summary>
    /// twemproxy's <c>modula</c>: servers by the order of their names, each as often as its weight says.
    /// </summary>
    TwemproxyModula,
}

/// <summary>Hashes of keys, by the names that twemproxy has for them.</summary>
public enum KeyHashKind
{
    /// <summary><c>one_at_a_time</c>, of Jenkins.</summary>
    OneAtATime,

    /// <summary><c>md5</c>: the first four bytes, little-endian.</summary>
    Md5,

    /// <summary><c>crc16</c>.</summary>
    Crc16,

    /// <summary><c>crc32</c>: bits 16 to 30, as libmemcached has it.</summary>
    Crc32,

    /// <summary><c>crc32a</c>: all of it.</summary>
    Crc32A,

    /// <summary><c>fnv1_64</c>.</summary>
    Fnv1X64,

    /// <summary><c>fnv1a_64</c>.</summary>
    Fnv1AX64,

    /// <summary><c>fnv1_32</c>.</summary>
    Fnv1X32,

    /// <summary><c>fnv1a_32</c>.</summary>
    Fnv1AX32,

    /// <summary><c>hsieh</c>.</summary>
    Hsieh,

    /// <summary><c>murmur</c>.</summary>
    Murmur,

    /// <summary><c>jenkins</c>.</summary>
    Jenkins,
}

/// <summary>How servers are spoken to.</summary>
public sealed record ConnectionOptions
{
    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections of each loop to each server.</summary>
    public int PerLoop { get; init; } = 1;

    /// <summary>Requests that wait on a connection; further ones fail at once.</summary>
    public int MaxPending { get; init; } = 32 * 1024;

    /// <summary>Bytes that wait to be sent on a connection; further requests fail at once.</summary>
    public int MaxUnsent { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a connection may be unused; zero for ever.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>How long a connection lives; zero for ever.</summary>
    public TimeSpan MaxLifetime { get; init; }

    /// <summary>Whether connections are encrypted.</summary>
    public bool Tls { get; init; }

    /// <summary>The name that a server's certificate must have; null for the host that is connected to.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>A PEM file with the authorities that certificates may come from; null for the system's.</summary>
    public string? TlsAuthorityFile { get; init; }

    /// <summary>What is shown to servers; null for nothing.</summary>
    public MemcachedCredentials? Credentials { get; init; }
}

/// <summary>When a server is taken for dead, and what becomes of its keys.</summary>
public sealed record HealthOptions
{
    /// <summary>How often a server is asked for its version; zero for never.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the answer to that may take.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row after which a server is dead.</summary>
    public int FailureLimit { get; init; } = 3;

    /// <summary>How long a dead server is left alone, at first; each time twice as long, up to a minute.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What becomes of the keys of a dead server.</summary>
    public DeadServerPolicy WhenDead { get; init; } = DeadServerPolicy.KeepInRing;

    /// <summary>The backend that takes them with <see cref="DeadServerPolicy.Gutter"/>.</summary>
    public string? Gutter { get; init; }

    /// <summary>How long values live in the gutter at most.</summary>
    public TimeSpan GutterExpiry { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What becomes of the keys of a dead server.</summary>
public enum DeadServerPolicy
{
    /// <summary>Requests for them fail at once, until it is back.</summary>
    KeepInRing,

    /// <summary>They go to the other servers of the ring.</summary>
    Rehash,

    /// <summary>They go to another backend, for a short life.</summary>
    Gutter,
}
