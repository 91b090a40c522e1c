using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class LeastLatencyTests : StrategyTest
{
    private const ulong Seed = 42;

    [Fact]
    public void Send_WithOneSlowChild_GoesNearlyAlwaysToOthers()
    {
        var strategy = new LeastLatency(Loop, Children, Seed) { Name = "l" };

        for (var i = 0; i < 600; i++)
        {
            AnswerAfter(strategy, child => child == A ? 50 : 1, "END");
        }

        Assert.InRange(A.Received.Count, 1, 60);
        Assert.InRange(B.Received.Count, 200, 400);
        Assert.InRange(C.Received.Count, 200, 400);
    }

    [Fact]
    public void Send_WithOneChildThatFailsAtOnce_TakesItForSlow()
    {
        var strategy = new LeastLatency(Loop, [A, B], Seed) { Name = "l" };

        for (var i = 0; i < 200; i++)
        {
            AnswerAfter(strategy, _ => 1, "END", failing: A);
        }

        Assert.InRange(A.Received.Count, 1, 10);
    }

    [Fact]
    public void Send_AfterASlowChildRecovered_FindsItOut()
    {
        var strategy = new LeastLatency(Loop, [A, B], Seed) { Name = "l" };
        for (var i = 0; i < 50; i++)
        {
            AnswerAfter(strategy, child => child == A ? 200 : 10, "END");
        }

        A.Received.Clear();
        B.Received.Clear();
        for (var i = 0; i < 20_000; i++)
        {
            AnswerAfter(strategy, _ => 10, "END");
        }

        Assert.InRange(A.Received.Count, 4_000, 16_000);
    }

    [Fact]
    public void Send_WithRequestsThatAreNotAnswered_GoesToWhereFewerWait()
    {
        var strategy = new LeastLatency(Loop, [A, B], Seed) { Name = "l" };
        for (var i = 0; i < 20; i++)
        {
            AnswerAfter(strategy, _ => 10, "END");
        }

        var pending = new List<ValueTask<Reply>>();
        for (var i = 0; i < 40; i++)
        {
            Keep(pending, Begin(strategy, "get k"));
        }

        Assert.InRange(A.Waiting, 12, 28);
        while (A.Waiting + B.Waiting > 0)
        {
            (A.Waiting > 0 ? A : B).Answer("END");
        }

        pending.ForEach(reply => End(reply));
    }

    private static void Keep(List<ValueTask<Reply>> list, ValueTask<Reply> reply) => list.Add(reply);

    private void AnswerAfter(
        LeastLatency strategy, Func<FakeDestination, int> milliseconds, string reply, FakeDestination? failing = null)
    {
        var pending = Begin(strategy, "get k");
        var child = Children.Single(one => one.Waiting > 0);
        Loop.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds(child)));
        child.Answer(child == failing ? TestReplies.TimedOut : reply);
        End(pending);
    }
}
