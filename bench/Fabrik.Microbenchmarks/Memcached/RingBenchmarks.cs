using BenchmarkDotNet.Attributes;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Wire.Memcached.Hashing;

namespace Fabrik.Microbenchmarks.Memcached;

/// <summary>The choice of a server by a key of 32 bytes, in pools of 16.</summary>
[MemoryDiagnoser]
[MinColumn]
[MedianColumn]
public class RingBenchmarks
{
    private readonly byte[] _key = "user:0123456789abcdef:profile:v2"u8.ToArray();
    private IRing _ring = null!;

    [Params(
        RingKind.Libmemcached, RingKind.LibmemcachedUnweighted, RingKind.Twemproxy, RingKind.Nginx, RingKind.Modula,
        RingKind.Jump, RingKind.Rendezvous)]
    public RingKind Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var servers = Enumerable.Range(0, 16).Select(static i => new ServerOptions($"cache{i}.example"));
        _ring = Rings.Create(new HashingOptions { Ring = Kind }, [.. servers]);
    }

    [Benchmark]
    public int Find() => _ring.Find(_key).Member;
}
