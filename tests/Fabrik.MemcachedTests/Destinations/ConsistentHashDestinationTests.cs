using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class ConsistentHashDestinationTests
{
    [Theory]
    [InlineData(RingKind.Libmemcached)]
    [InlineData(RingKind.LibmemcachedUnweighted)]
    [InlineData(RingKind.Twemproxy)]
    [InlineData(RingKind.Spy)]
    [InlineData(RingKind.Nginx)]
    [InlineData(RingKind.Modula)]
    [InlineData(RingKind.Jump)]
    [InlineData(RingKind.Rendezvous)]
    public async Task SendAsync_OfManyKeys_SpreadsThem(RingKind ring)
    {
        var loop = new TurnLoop();
        RecordingDestination[] children = [new("a"), new("b"), new("c")];
        var destination = Create(new HashingOptions { Ring = ring }, children);
        for (var i = 0; i < 300; i++)
        {
            await destination.SendAsync(loop.Get($"user:{i}"));
        }

        Assert.All(children, static child => Assert.InRange(child.Requests, 30, 200));
    }

    [Fact]
    public async Task SendAsync_OfKeysWithATag_GoesByTheTag()
    {
        var loop = new TurnLoop();
        RecordingDestination[] children = [new("a"), new("b"), new("c")];
        var destination = Create(new HashingOptions { HashTag = "{}" }, children);
        for (var i = 0; i < 100; i++)
        {
            await destination.SendAsync(loop.Get($"user:{{7}}:{i}"));
        }

        Assert.Equal([0, 0, 100], children.Select(static child => child.Requests).Order());
    }

    [Fact]
    public void New_WithAWrongTag_IsRefused() => Assert.Throws<ArgumentException>(
        () => Create(new HashingOptions { HashTag = "{" }, new RecordingDestination("a")));

    private static ConsistentHashDestination Create(HashingOptions options, params Destination[] children) =>
        new(options, children) { Name = "spread" };
}
