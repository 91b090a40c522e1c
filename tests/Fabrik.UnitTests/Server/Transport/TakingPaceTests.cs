using Fabrik.Server.Transport;
using Fabrik.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Fabrik.UnitTests.Server.Transport;

public sealed class TakingPaceTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(240, 120)]
    [InlineData(1024, 64)]
    [InlineData(10_000_000, 5)]
    public void Client_ThatTakesNothing_IsTooSlowAfterTheWindow(int rate, int seconds)
    {
        var pace = Pace(rate);
        pace.Begin(taken: 7);

        _clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(pace.IsTooSlow(taken: 7));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(pace.IsTooSlow(taken: 7));
    }

    [Fact]
    public void Client_AtTheSlowestPaceInWholeSteps_IsNeverTooSlow()
    {
        var pace = Pace(rate: 1024);
        pace.Begin(taken: 0);

        for (long taken = TakingPace.Step; taken < 20 * TakingPace.Step; taken += TakingPace.Step)
        {
            _clock.Advance(TimeSpan.FromSeconds(64));
            Assert.False(pace.IsTooSlow(taken));
        }
    }

    [Fact]
    public void Client_ThatWasFastAndStops_IsTooSlowAfterTheNextWindow()
    {
        var pace = Pace(rate: 1024);
        pace.Begin(taken: 0);
        _clock.Advance(TimeSpan.FromSeconds(64));
        Assert.False(pace.IsTooSlow(taken: 1_000_000_000));

        _clock.Advance(TimeSpan.FromSeconds(64));
        Assert.True(pace.IsTooSlow(taken: 1_000_000_000));
    }

    private TakingPace Pace(double rate) => new(new MinDataRate(rate, TimeSpan.FromSeconds(5)), _clock);
}
