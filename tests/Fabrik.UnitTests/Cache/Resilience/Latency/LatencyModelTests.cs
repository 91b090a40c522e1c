using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Latency;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Latency;

public sealed class LatencyModelTests
{
    private readonly TestClock _clock = new();
    private readonly LatencyModel _model;

    public LatencyModelTests() => _model = new LatencyModel(
        new UpstreamOptions { Name = "up", MaxLatency = TimeSpan.FromSeconds(1), MinRate = 64 * 1024 }, _clock);

    [Fact]
    public void Model_WithoutAnswers_KnowsNothing()
    {
        Assert.Null(_model.ExpectedAnswer);
        Assert.Null(_model.BytesPerSecond);
        Assert.Null(_model.HedgeDelay);
        Assert.Null(_model.Estimate(1));
        Assert.Null(_model.Skip());
    }

    [Fact]
    public void Expectation_OfEqualAnswers_IsTheirTime()
    {
        Answer(5, 0.2);
        Assert.Equal(0.2, _model.ExpectedAnswer!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Expectation_AfterOneTimeout_IsNotYetTooLong()
    {
        Answer(20, 0.05);
        Answer(1, 3);
        Assert.Null(_model.Skip());
    }

    [Fact]
    public void Expectation_AfterASlowStart_IsNotTooLong()
    {
        Answer(1, 3);
        Assert.Null(_model.Skip());
        for (var i = 0; i < 10; i++)
        {
            Answer(1, 0.02);
            Assert.Null(_model.Skip());
        }

        Assert.InRange(_model.ExpectedAnswer!.Value.TotalSeconds, 0.02, 0.3);
    }

    [Fact]
    public void SlowAnswers_AboveTheLimit_AreSkipped()
    {
        Answer(GuardLimits.AnswersToJudge, 1.2);
        var refusal = _model.Skip();
        Assert.Equal(CacheErrorKind.Unavailable, refusal?.Kind);
        Assert.Contains("skipped", refusal!.Message, StringComparison.Ordinal);
        Assert.Same(refusal, _model.Skip());
    }

    [Fact]
    public void SlowUpstream_EveryFewSeconds_IsProbedOnce()
    {
        Answer(GuardLimits.AnswersToJudge, 1.2);
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(_model.Skip());
            _clock.Advance(GuardLimits.SkipProbeInterval);
            Assert.Null(_model.Skip());
        }
    }

    [Fact]
    public void SlowUpstream_ThatIsFastAgain_IsAskedAgainAfterFewProbes()
    {
        Answer(10, 3);
        var probes = 0;
        for (; _model.IsSkipped; probes++)
        {
            _clock.Advance(GuardLimits.SkipProbeInterval);
            Assert.Null(_model.Skip());
            Answer(1, 0.01);
        }

        Assert.InRange(probes, 1, 3);
        Assert.Null(_model.Skip());
    }

    [Fact]
    public void SlowBodies_BelowTheRate_AreSkippedAndOneFastOneEndsIt()
    {
        _model.Transferred(5000, TimeSpan.FromSeconds(5));
        Assert.Contains("bytes per second", _model.Skip()!.Message, StringComparison.Ordinal);
        _model.Transferred(10_000_000, TimeSpan.FromSeconds(0.1));
        Assert.Null(_model.Skip());
    }

    [Fact]
    public void SmallBodies_ThatComeSoon_SayNothingOfTheThroughput()
    {
        _model.Transferred(100, TimeSpan.FromMilliseconds(50));
        Assert.Null(_model.BytesPerSecond);
    }

    [Fact]
    public void Estimate_OfALargeBody_IsItsTransferAlone()
    {
        Answer(3, 0.5);
        Assert.Null(_model.Estimate(10_000_000));
        _model.Transferred(10_000_000, TimeSpan.FromSeconds(1));
        Assert.Equal(2.0, _model.Estimate(20_000_000)!.Value.TotalSeconds, 3);
        Assert.InRange(_model.Estimate(200)!.Value.TotalSeconds, 0, 0.001);
        Assert.True(_model.Estimate(long.MaxValue) > TimeSpan.FromDays(1));
    }

    [Fact]
    public void HedgeDelay_OfManyAnswers_IsAboutTheirSlowTwentieth()
    {
        Random random = new(7);
        for (var i = 0; i < 400; i++)
        {
            Answer(1, 0.1 * random.NextDouble());
        }

        Assert.InRange(_model.HedgeDelay!.Value.TotalSeconds, 0.095, 0.125);
    }

    [Fact]
    public void HedgeDelay_OfFastAnswers_IsTenMilliseconds()
    {
        Answer(GuardLimits.HedgeSamples, 0.001);
        Assert.Equal(GuardLimits.MinHedgeDelay, _model.HedgeDelay);
    }

    [Fact]
    public void HedgeDelay_WhenAnswersBecomeSlower_Follows()
    {
        Answer(1000, 0.02);
        Answer(1000, 0.2);
        Assert.InRange(_model.HedgeDelay!.Value.TotalSeconds, 0.2, 0.25);
    }

    private void Answer(int times, double seconds)
    {
        for (var i = 0; i < times; i++)
        {
            _model.Answered(TimeSpan.FromSeconds(seconds));
        }
    }
}
