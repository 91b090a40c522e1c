using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Limits;
using Fabrik.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Limits;

public sealed class RequestLimitTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void Rate_WithABurst_LetsThatManyThrough()
    {
        var limit = Limit(new RequestLimitOptions { Rate = 10, Burst = 3 });
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => TryPass(limit, "a")));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(TryPass(limit, "a"));
        Assert.False(limit.TryEnter(Request("a"), out var refusal));
        Assert.Equal(new LimitRefusal(IsFull: false, TimeSpan.FromMilliseconds(100)), refusal);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => TryPass(limit, "a")));
    }

    [Fact]
    public void ClientRate_OfOneClient_IsNotAnothers()
    {
        var limit = Limit(new RequestLimitOptions { ClientRate = 1 });
        Assert.True(TryPass(limit, "a"));
        Assert.False(TryPass(limit, "a"));
        Assert.True(TryPass(limit, "b"));
    }

    [Fact]
    public void Concurrency_IsGivenBackByLeaving()
    {
        var limit = Limit(new RequestLimitOptions { Concurrency = 2, ClientConcurrency = 1 });
        var (one, two, three) = (Request("a"), Request("a"), Request("b"));
        Assert.True(limit.TryEnter(one, out _));
        Assert.False(limit.TryEnter(two, out var own));
        Assert.Equal(new LimitRefusal(IsFull: false, RetryAfter: null), own);
        Assert.True(limit.TryEnter(three, out _));
        Assert.False(limit.TryEnter(Request("c"), out var all));
        Assert.Equal(new LimitRefusal(IsFull: true, RetryAfter: null), all);
        limit.Leave(one);
        Assert.True(limit.TryEnter(two, out _));
        limit.Leave(two);
        limit.Leave(three);
    }

    [Fact]
    public void Refusal_Inside_CostsNothingAround()
    {
        LimitState state = new();
        var around = Limit(new RequestLimitOptions { Rate = 2, ClientRate = 2, Concurrency = 5 }, state);
        var inside = Limit(new RequestLimitOptions { Concurrency = 1 }, around: around);
        var first = Request("a");
        Assert.True(inside.TryEnter(first, out _));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(inside.TryEnter(Request("a"), out _));
        }

        Assert.Equal(1, state.InFlight);
        inside.Leave(first);
        Assert.Equal(0, state.InFlight);
        Assert.True(TryPass(inside, "a"));
        Assert.False(TryPass(inside, "a"));
    }

    [Fact]
    public void State_UnderNewLimits_GoesOnCounting()
    {
        LimitState state = new();
        var request = Request("a");
        Assert.True(Limit(new RequestLimitOptions { Concurrency = 1 }, state).TryEnter(request, out _));
        Assert.False(TryPass(Limit(new RequestLimitOptions { Concurrency = 1, Rate = 5 }, state), "b"));
        Assert.True(TryPass(Limit(new RequestLimitOptions { Concurrency = 2 }, state), "b"));
    }

    [Fact]
    public void Clients_MoreThanThereIsRoomFor_AreStillLimitedOneByOne()
    {
        var limit = Limit(new RequestLimitOptions { ClientRate = 1, ClientBurst = 1 });
        for (var i = 0; i < 2 * ClientTable.Capacity; i++)
        {
            Assert.True(TryPass(limit, $"client {i}"));
        }

        Assert.True(TryPass(limit, "last"));
        Assert.False(TryPass(limit, "last"));
    }

    [Fact]
    public void Everything_FromManyThreads_EndsAtZero()
    {
        LimitState state = new();
        var limit = Limit(
            new RequestLimitOptions { Concurrency = 3, ClientConcurrency = 2, ClientRate = 1_000_000 }, state);
        Parallel.For(0, 10_000, i => TryPass(limit, $"{i % 5}"));
        Assert.Equal(0, state.InFlight);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(0, state.Clients.Find(Client(Request($"{i}"))).Running));
    }

    private static ClientKey Client(HttpContext http) => ClientKey.OfSubject(http.Request.Headers["client"].ToString());

    private static DefaultHttpContext Request(string client)
    {
        DefaultHttpContext http = new();
        http.Request.Headers["client"] = client;
        return http;
    }

    private static bool TryPass(RequestLimit limit, string client)
    {
        var http = Request(client);
        if (!limit.TryEnter(http, out _))
        {
            return false;
        }

        limit.Leave(http);
        return true;
    }

    private RequestLimit Limit(RequestLimitOptions options, LimitState? state = null, RequestLimit? around = null) =>
        new(options, state ?? new LimitState(), _clock) { Client = Client, Around = around };
}
