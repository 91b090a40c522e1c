using System.Net.Http.Headers;
using Fabrik.Testing;
using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Http;

public sealed class ServerPauseTests
{
    private readonly TestClock _clock = new();
    private readonly ServerPause _pause;

    public ServerPauseTests() => _pause = new ServerPause(_clock, TimeSpan.FromMinutes(1));

    [Fact]
    public void Pause_InSeconds_Ends()
    {
        _pause.Note(new RetryConditionHeaderValue(TimeSpan.FromSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(10), _pause.Left);

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.Zero, _pause.Left);
    }

    [Fact]
    public void Pause_UntilADate_EndsThenWhateverTheWallClockDoes()
    {
        _pause.Note(new RetryConditionHeaderValue(_clock.GetUtcNow() + TimeSpan.FromSeconds(20)));
        _clock.Jump(_clock.GetUtcNow() - TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromSeconds(20), _pause.Left);

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.Zero, _pause.Left);
    }

    [Fact]
    public void Pause_OfADay_IsBounded()
    {
        _pause.Note(new RetryConditionHeaderValue(TimeSpan.FromDays(1)));

        Assert.Equal(TimeSpan.FromMinutes(1), _pause.Left);
    }

    [Fact]
    public void Pause_ThatNobodyAskedFor_IsNone()
    {
        _pause.Note(null);
        _pause.Note(new RetryConditionHeaderValue(_clock.GetUtcNow() - TimeSpan.FromDays(1)));

        Assert.Equal(TimeSpan.Zero, _pause.Left);
    }
}
