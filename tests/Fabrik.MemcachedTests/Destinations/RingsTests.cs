using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class RingsTests
{
    [Theory]
    [InlineData(RingKind.Libmemcached, "cache", 11211, "cache")]
    [InlineData(RingKind.Libmemcached, "cache", 11212, "cache:11212")]
    [InlineData(RingKind.Libmemcached, "/run/m.sock", 0, "/run/m.sock:0")]
    [InlineData(RingKind.Twemproxy, "cache", 11211, "cache")]
    [InlineData(RingKind.Twemproxy, "cache", 11212, "cache:11212")]
    [InlineData(RingKind.Twemproxy, "/run/m.sock", 0, "/run/m.sock:")]
    [InlineData(RingKind.Spy, "cache", 11211, "cache/10.0.0.7:11211")]
    [InlineData(RingKind.Spy, "10.0.0.7", 11211, "10.0.0.7:11211")]
    [InlineData(RingKind.Nginx, "cache", 11211, "cache:11211")]
    [InlineData(RingKind.Nginx, "/run/m.sock", 0, "unix:/run/m.sock")]
    [InlineData(RingKind.Rendezvous, "cache", 11211, "cache:11211")]
    public void NameOf_AServer_IsAsTheImplementationHasIt(RingKind ring, string host, int port, string expected)
    {
        var server = new ServerOptions(host, port) { EndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.7"), port) };

        Assert.Equal(expected, Rings.NameOf(ring, server));
        Assert.Equal("alias", Rings.NameOf(ring, server with { Alias = "alias" }));
    }
}
