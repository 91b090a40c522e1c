using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Requests;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class SequenceTests : StrategyTest
{
    private const string Error = "SERVER_ERROR backend x failed";

    [Fact]
    public void RoundRobin_EachRequest_GoesToTheNextOne()
    {
        var strategy = new RoundRobin(Children) { Name = "rr" };
        Array.ForEach(Children, child => child.On("get", "END"));

        for (var i = 0; i < 7; i++)
        {
            Send(strategy, "get k");
        }

        Assert.Equal([3, 2, 2], Children.Select(child => child.Received.Count));
        Assert.Equal("rr: round_robin, one after the other\n  a\n  b\n  c", Explain(strategy, "k"));
    }

    [Theory]
    // The client sends; a, b and c answer; the client receives; so many were asked.
    [InlineData("get k", "VALUE k 0 1|x", "", "", "VALUE k 0 1|x", 1)]
    [InlineData("get k", "END", "VALUE k 0 1|x", "", "END", 1)]
    [InlineData("get k", "!timeout", "VALUE k 0 1|x", "", "VALUE k 0 1|x", 2)]
    [InlineData("get k", "SERVER_ERROR out of memory", "END", "VALUE k 0 1|x", "END", 2)]
    [InlineData("get k", "!timeout", "!timeout", "!unsent", Error, 3)]
    [InlineData("gets k", "!timeout", "VALUE k 0 1 7|x", "", "VALUE k 0 1 7|x", 2)]
    [InlineData("set k 0 0 1|x", "!timeout", "STORED", "", "STORED", 2)]
    [InlineData("set k 0 0 1|x", "CLIENT_ERROR bad", "STORED", "", "CLIENT_ERROR bad", 1)]
    [InlineData("delete k", "!timeout", "NOT_FOUND", "DELETED", "NOT_FOUND", 2)]
    [InlineData("replace k 0 0 1|x", "!timeout", "NOT_STORED", "", "NOT_STORED", 2)]
    [InlineData("incr k 1", "!timeout", "5", "", Error, 1)]
    [InlineData("incr k 1", "!unsent", "5", "", "5", 2)]
    [InlineData("incr k 1", "!unsent", "!timeout", "5", Error, 2)]
    [InlineData("append k 0 0 1|x", "!timeout", "STORED", "", Error, 1)]
    [InlineData("prepend k 0 0 1|x", "!unsent", "STORED", "", "STORED", 2)]
    [InlineData("add k 0 0 1|x", "!timeout", "STORED", "", Error, 1)]
    [InlineData("cas k 0 0 1 7|x", "SERVER_ERROR x", "STORED", "", "SERVER_ERROR x", 1)]
    [InlineData("ms k 1|x", "!timeout", "HD", "", "HD", 2)]
    [InlineData("ms k 1 MA|x", "!timeout", "HD", "", Error, 1)]
    [InlineData("ms k 1 ME|x", "!timeout", "HD", "", Error, 1)]
    [InlineData("ms k 1 C7|x", "!timeout", "HD", "", Error, 1)]
    [InlineData("md k C7", "!timeout", "HD", "", Error, 1)]
    [InlineData("md k", "!timeout", "HD", "", "HD", 2)]
    [InlineData("ma k", "!timeout", "HD", "", Error, 1)]
    [InlineData("mg k v N30", "!timeout", "EN", "", Error, 1)]
    [InlineData("mg k v", "!timeout", "EN", "", "EN", 2)]
    public void Failover_AfterAFailure_AsksTheNextOneWhereThatIsSafe(
        string sent, string first, string second, string third, string received, int asked)
    {
        var answer = Fail(sent, [first, second, third], new FailoverOptions());

        Assert.Equal(received, answer);
        Assert.Equal(asked, Children.Count(child => child.Received.Count > 0));
    }

    [Theory]
    [InlineData("get k", "END", "VALUE k 0 1|x", "", "VALUE k 0 1|x", 2)]
    [InlineData("get k", "END", "!timeout", "!timeout", "END", 3)]
    [InlineData("get k", "!timeout", "END", "!timeout", "END", 3)]
    [InlineData("get k", "END", "END", "END", "END", 3)]
    [InlineData("mg k v", "EN", "VA 1|x", "", "VA 1|x", 2)]
    [InlineData("mg k v c", "EN", "VA 1 c7|x", "", "EN", 1)]
    [InlineData("gets k", "END", "VALUE k 0 1 7|x", "", "END", 1)]
    [InlineData("delete k", "NOT_FOUND", "DELETED", "", "NOT_FOUND", 1)]
    public void Failover_OnMiss_AnswersTheBestThatCame(
        string sent, string first, string second, string third, string received, int asked)
    {
        var answer = Fail(sent, [first, second, third], new FailoverOptions { OnMiss = true });

        Assert.Equal(received, answer);
        Assert.Equal(asked, Children.Count(child => child.Received.Count > 0));
    }

    [Fact]
    public void Failover_WithAnExpiry_ShortensOnlyWhatOthersStore()
    {
        var options = new FailoverOptions { Expiry = TimeSpan.FromSeconds(60) };

        Assert.Equal("STORED", Fail("set k 5 0 1 noreply|x", [TestReplies.NotSent, "STORED", ""], options));

        Assert.Equal(["set k 5 0 1 noreply|x"], A.Received);
        Assert.Equal(["set k 5 60 1|x"], B.Received);
    }

    [Fact]
    public void Failover_WhileItWaits_HoldsTheRequest()
    {
        var strategy = new Failover(Loop, Children, new FailoverOptions()) { Name = "f" };

        var pending = Begin(strategy, "set k 0 0 3|abc");
        A.Answer(TestReplies.TimedOut);
        Assert.False(pending.IsCompleted);
        B.Answer("STORED");

        Assert.Equal("STORED", End(pending));
        Assert.Equal(["set k 0 0 3|abc"], B.Received);
        Assert.Empty(C.Received);
    }

    [Fact]
    public void ZoneAware_WhileTheOwnZoneAnswers_TakesTurnsInIt()
    {
        var strategy = new ZoneAware(Children, ["far", "near", "near"], "near") { Name = "z" };
        Array.ForEach(Children, child => child.On("get", "END"));

        for (var i = 0; i < 4; i++)
        {
            Send(strategy, "get k");
        }

        Assert.Equal([0, 2, 2], Children.Select(child => child.Received.Count));
        Assert.Equal(
            "z: zone_aware, those of zone 'near' in turn, then the others\n  b\n  c\n  a", Explain(strategy, "k"));
    }

    [Fact]
    public void ZoneAware_WhereTheOwnZoneFails_AsksTheOthers()
    {
        var strategy = new ZoneAware(Children, ["far", "near", "near"], "near") { Name = "z" };
        A.On("get", "END");
        B.On("get", TestReplies.TimedOut);
        C.On("get", TestReplies.TimedOut);

        Assert.Equal("END", Send(strategy, "get k"));
        Assert.Equal("END", Send(strategy, "get k"));

        Assert.Equal(["get k", "get k"], A.Received);
        Assert.Equal(4, strategy.Counters.Failovers);
    }

    [Fact]
    public void ZoneAware_InAZoneWithoutChildren_TakesTurnsAmongAll()
    {
        var strategy = new ZoneAware(Children, ["x", "y", "z"], "here") { Name = "z" };
        Array.ForEach(Children, child => child.On("get", "END"));

        for (var i = 0; i < 6; i++)
        {
            Send(strategy, "get k");
        }

        Assert.Equal([2, 2, 2], Children.Select(child => child.Received.Count));
    }

    [Fact]
    public void Success_ThroughAnyStrategy_AllocatesNothing()
    {
        var quiet = new QuietDestination { Name = "q" };
        Destination[] both = [quiet, quiet];
        var strategy = new RoundRobin(
        [
            new Failover(Loop, both, new FailoverOptions()) { Name = "f" },
            new Fabrik.Memcached.Destinations.Parallel(Loop, both) { Name = "p" },
            new Replicate(Loop, both, ReplicationMode.AllSync) { Name = "r" },
            new Shadow(both, 1) { Name = "s" },
            new LeastLatency(Loop, both, seed: 1) { Name = "l" },
            new WarmFirst(Loop, quiet, quiet, new WarmFirstOptions()) { Name = "w" },
        ])
        { Name = "rr" };
        var request = TestRequests.Text(Loop, "get k");
        var waiting = new ValueTask<Reply>[60];
        void Turn()
        {
            for (var i = 0; i < waiting.Length; i++)
            {
                Keep(strategy.SendAsync(request), ref waiting[i]);
            }

            quiet.AnswerAll();
            foreach (var reply in waiting)
            {
                reply.GetAwaiter().GetResult().Release();
            }
        }

        // The least of several rounds: what the runtime does beside them, when it compiles anew, is not theirs.
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                Turn();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        request.Release();
    }

    private static void Keep(ValueTask<Reply> reply, ref ValueTask<Reply> place) => place = reply;

    private string[] SendTimes(int count, Destination destination)
    {
        var replies = new string[count];
        for (var i = 0; i < count; i++)
        {
            replies[i] = Send(destination, "get k");
        }

        return replies;
    }

    private string Fail(string sent, string[] replies, FailoverOptions options)
    {
        var strategy = new Failover(Loop, Children, options) { Name = "f" };
        for (var i = 0; i < replies.Length; i++)
        {
            Children[i].On(sent.Split(' ')[0], replies[i]);
        }

        return Send(strategy, sent);
    }
}
