using System.Globalization;
using System.Text;
using Fabrik.Memcached.Destinations;
using Xunit;

namespace Fabrik.MemcachedTests.Destinations;

public sealed class ShadowTests : StrategyTest
{
    [Fact]
    public void Send_WhileACopyHangs_IsAnswered()
    {
        var strategy = new Shadow([A, B], 1) { Name = "s" };
        A.On("set", "STORED");

        Assert.Equal("STORED", Send(strategy, "set k 0 0 1|x"));

        Assert.Equal(["set k 0 0 1|x"], B.Received);
        B.Answer(TestReplies.TimedOut);
        Assert.Equal(1, strategy.Counters.Copies.Failed);
    }

    [Fact]
    public void Send_WithTooManyCopiesOnTheirWay_DropsFurtherOnes()
    {
        var strategy = new Shadow([A, B], 1, maxOutstanding: 2) { Name = "s" };
        A.On("get", "END");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("END", Send(strategy, "get k"));
        }

        Assert.Equal(2, B.Waiting);
        Assert.Equal(3, strategy.Counters.Copies.Dropped);
        B.Answer("END");
        B.Answer("END");
        Assert.Equal(0, strategy.Background.Outstanding);
        Send(strategy, "get k");
        Assert.Equal(3, strategy.Counters.Copies.Sent);
        B.Answer("END");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void IsShadowed_OfManyKeys_IsTheShareAndNeverChanges(double fraction)
    {
        var one = new Shadow([A, B], fraction) { Name = "s" };
        var other = new Shadow([A, B], fraction) { Name = "s" };
        var shadowed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var key = Encoding.ASCII.GetBytes("user:" + i.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(one.IsShadowed(key), other.IsShadowed(key));
            shadowed += one.IsShadowed(key) ? 1 : 0;
        }

        Assert.InRange(shadowed / 20_000.0, fraction - 0.02, fraction + 0.02);
    }
}
