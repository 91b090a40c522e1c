using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.SideEffects;
using Fabrik.MemcachedTests.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.SideEffects;

public sealed class MemcachedWriteTests : StrategyTest
{
    [Theory]
    [InlineData("set k 5 60 1|x", "STORED", "set k 5 60 1|x")]
    [InlineData("set k 5 60 1|x", "SERVER_ERROR full", null)]
    [InlineData("add k 5 60 1 noreply|x", "STORED", "set k 5 60 1|x")]
    [InlineData("add k 5 60 1|x", "NOT_STORED", null)]
    [InlineData("replace k 5 60 1|x", "STORED", "set k 5 60 1|x")]
    [InlineData("cas k 5 60 1 7|x", "STORED", "set k 5 60 1|x")]
    [InlineData("cas k 5 60 1 7|x", "EXISTS", null)]
    [InlineData("append k 5 60 1|x", "STORED", "append k 5 60 1|x")]
    [InlineData("incr k 1", "6", "incr k 1")]
    [InlineData("touch k 60", "TOUCHED", "touch k 60")]
    [InlineData("touch k 60", "NOT_FOUND", null)]
    [InlineData("delete k", "DELETED", "delete k")]
    [InlineData("delete k", "NOT_FOUND", "delete k")]
    [InlineData("delete k", "!timeout", "delete k")]
    [InlineData("delete k", "CLIENT_ERROR bad", null)]
    [InlineData("ms k 1 ME T60|x", "HD", "ms k 1 T60|x")]
    [InlineData("ms k 1 C7 MA|x", "HD", "delete k")]
    [InlineData("md k C7", "HD", "delete k")]
    [InlineData("md AQID b", "HD", "md AQID b")]
    [InlineData("get k", "VALUE k 0 1|x", null)]
    [InlineData("mg k v", "VA 1|x", null)]
    public void After_ARequestWithThisAnswer_ChangesTheTargetToo(string sent, string answer, string? repeated)
    {
        A.Otherwise = () => TestReplies.Text(Loop, "OK");

        After(new MemcachedWrite(Loop, A, 10, new SendCounters(), spool: null) { Name = "w" }, sent, answer);

        Assert.Equal(repeated, A.Received.SingleOrDefault());
    }

    [Fact]
    public void After_WithTooManyOnTheirWay_DropsAndCounts()
    {
        var effect = new MemcachedWrite(Loop, A, 2, new SendCounters(), spool: null) { Name = "w" };

        for (var i = 0; i < 5; i++)
        {
            After(effect, "set k 0 0 1|x", "STORED");
        }

        Assert.Equal(2, A.Waiting);
        A.Answer("STORED");
        A.Answer("!timeout");
        Assert.Equal(new SideEffectCounters(2, 3, 1), SideEffectCounters.Of(effect.Counters));
    }

    [Theory]
    // What the client got, what the source says of it, and what the target is sent.
    [InlineData("get k", "VALUE k 5 1|x", "HD f5 t60", "add k 5 60 1|x")]
    [InlineData("get k", "VALUE k 5 1|x", "HD f5 t-1", "add k 5 0 1|x")]
    [InlineData("get k", "VALUE k 5 1|x", "HD f5 t0", null)]
    [InlineData("get k", "VALUE k 5 1|x", "EN", null)]
    [InlineData("get k", "VALUE k 5 1|x", "HD f5 t60 W", null)]
    [InlineData("get k", "VALUE k 5 1|x", "!timeout", null)]
    [InlineData("get k", "VALUE k 5 1|x", "ERROR", "add k 5 3600 1|x")]
    [InlineData("mg k v", "VA 1|x", "HD f5 t60", "add k 5 60 1|x")]
    [InlineData("get k", "END", null, null)]
    [InlineData("set k 0 0 1|x", "STORED", null, null)]
    public void After_AHit_AddsItToTheTargetWithTheRestOfItsLife(
        string sent, string answer, string? source, string? added)
    {
        var effect = new ReplicateOnHit(Loop, A, B, new ReplicateOnHitLimits(), new SendCounters()) { Name = "r" };
        A.On("mg", source ?? "EN");
        B.On("add", "STORED");

        After(effect, sent, answer);

        Assert.Equal(source is null ? 0 : 1, A.Received.Count(line => line == "mg k f t"));
        Assert.Equal(added, B.Received.SingleOrDefault());
    }

    [Fact]
    public void After_TheSameHitAgain_IsLookedAtOnceAMinute()
    {
        var effect = new ReplicateOnHit(Loop, A, B, new ReplicateOnHitLimits(), new SendCounters()) { Name = "r" };
        A.On("mg", "HD f0 t60");
        B.On("add", "STORED");

        After(effect, "get k", "VALUE k 0 1|x");
        After(effect, "get k", "VALUE k 0 1|x");
        After(effect, "get other", "VALUE other 0 1|x");
        Assert.Equal(2, B.Received.Count);
        Loop.Clock.Advance(TimeSpan.FromSeconds(61));
        After(effect, "get k", "VALUE k 0 1|x");

        Assert.Equal(3, B.Received.Count);
    }

    [Fact]
    public void After_AHitWhileTheSourceHangs_HoldsTheValue()
    {
        var limits = new ReplicateOnHitLimits { MaxOutstanding = 1 };
        var effect = new ReplicateOnHit(Loop, A, B, limits, new SendCounters()) { Name = "r" };
        B.On("add", "STORED");

        After(effect, "get k", "VALUE k 0 3|abc");
        After(effect, "get other", "VALUE other 0 1|x");
        A.Answer("HD f7 t60");

        Assert.Equal(["add k 7 60 3|abc"], B.Received);
        Assert.Equal(1, effect.Counters.Dropped);
    }

    private void After(SideEffect effect, string sent, string answer) => After(new SideEffectSet(effect), sent, answer);

    private void After(SideEffectSet set, string sent, string answer)
    {
        var request = TestRequests.Text(Loop, sent);
        var reply = TestReplies.Text(Loop, answer);
        set.After(request, reply);
        reply.Release();
        request.Release();
    }
}
