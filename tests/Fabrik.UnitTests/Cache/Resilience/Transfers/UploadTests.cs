using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Resilience.Breaking;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Transfers;

public sealed class UploadTests : IAsyncDisposable
{
    private readonly GuardFixture _guard = new(GuardFixture.Defaults with { MinRate = 1_000_000 });

    // What is written has been taken, by whoever waits for it, when the write returns.
    private readonly Pipe _body = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task Body_OfAnySize_ReachesTheTierUnchanged(int size)
    {
        var sent = new byte[size];
        new Random(size).NextBytes(sent);
        byte[] received = [];
        _guard.Inner.OnPut = async (_, body) =>
        {
            using MemoryStream copy = new();
            await body.CopyToAsync(copy);
            received = copy.ToArray();
            return PutOutcome.Stored;
        };
        await _body.Writer.WriteAsync(sent);
        await _body.Writer.CompleteAsync();
        Assert.Equal(PutOutcome.Stored, (await _guard.PutAsync(_body.Reader)).Value);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Tier_ThatWantsNoBytes_AnswersWithoutReading()
    {
        _guard.Inner.OnPut = (_, _) => new(PutOutcome.Identical);
        await _body.Writer.WriteAsync(new byte[1_000_000]);
        Assert.Equal(PutOutcome.Identical, (await _guard.PutAsync(_body.Reader)).Value);
    }

    [Fact]
    public async Task Tier_ThatTakesNothing_IsGivenUpAndReadsNoMoreOfTheBody()
    {
        TaskCompletionSource goOn = new();
        Exception? refused = null;
        _guard.Inner.OnPut = async (_, body) =>
        {
            await goOn.Task;
            refused = await Record.ExceptionAsync(async () =>
            {
                while (true)
                {
                    var read = await body.ReadAsync();
                    body.AdvanceTo(read.Buffer.End);
                }
            });
            return PutOutcome.Stored;
        };
        await _body.Writer.WriteAsync(new byte[10_000_000]);
        var put = _guard.PutAsync(_body.Reader);
        _guard.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(CacheErrorKind.Timeout, (await put).Error?.Kind);
        await _body.Reader.CompleteAsync();
        Assert.Equal(1, _guard.Tier.State.LeftBehind);
        goOn.SetResult();
        Assert.IsType<OperationCanceledException>(refused);
        Assert.Equal(0, _guard.Tier.State.LeftBehind);
    }

    [Fact]
    public async Task Acknowledgement_ThatDoesNotCome_IsWaitedForUntilTheIdleTimeout()
    {
        _guard.Inner.OnPut = async (_, body) =>
        {
            await body.CopyToAsync(Stream.Null);
            return await new TaskCompletionSource<CacheResult<PutOutcome>>().Task;
        };
        await _body.Writer.WriteAsync(new byte[10]);
        await _body.Writer.CompleteAsync();
        var put = _guard.PutAsync(_body.Reader);
        _guard.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(put.IsCompleted);
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("took nothing for 30 s", (await put).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatComesSlowly_IsNotTheUpstreamsFault()
    {
        _guard.Inner.OnPut = async (_, body) =>
        {
            await body.CopyToAsync(Stream.Null);
            return PutOutcome.Stored;
        };
        var put = _guard.PutAsync(_body.Reader);
        await _body.Writer.WriteAsync(new byte[10]);
        _guard.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(put.IsCompleted);
        await _body.Writer.CompleteAsync();
        Assert.Null((await put).Error);
    }

    [Fact]
    public async Task Body_WhoseSenderFails_IsTheClientsErrorAndNoFailure()
    {
        _guard.Inner.OnPut = async (_, body) =>
        {
            await body.CopyToAsync(Stream.Null);
            return PutOutcome.Stored;
        };
        await _body.Writer.CompleteAsync(new InvalidOperationException("gone"));
        var error = (await _guard.PutAsync(_body.Reader)).Error;
        Assert.Equal((CacheErrorKind.Incomplete, CacheErrorSource.Client), (error!.Kind, error.Source));
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Body_ThatIsCancelled_ReachesTheTierAsSuch()
    {
        _guard.Inner.OnPut = async (_, body) => (await body.ReadAsync()).IsCanceled
            ? GuardFixture.Error(CacheErrorKind.Incomplete)
            : PutOutcome.Stored;
        var put = _guard.PutAsync(_body.Reader);
        _body.Reader.CancelPendingRead();
        Assert.Equal(CacheErrorKind.Incomplete, (await put).Error?.Kind);
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Caller_WhoLeaves_IsLetGoAndIsNoFailure()
    {
        CancellationToken token = default;
        _guard.Inner.OnPut = (call, _) =>
        {
            token = call.Token;
            return new(new TaskCompletionSource<CacheResult<PutOutcome>>().Task);
        };
        using CancellationTokenSource caller = new();
        var put = _guard.PutAsync(_body.Reader, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.True(token.IsCancellationRequested);
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Failures_OfWrites_AreNeverTriedAgainAndOpen()
    {
        _guard.Inner.OnPut = (_, _) => new(GuardFixture.Error(CacheErrorKind.Unavailable));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CacheErrorKind.Unavailable, (await _guard.PutAsync(_body.Reader)).Error?.Kind);
        }

        Assert.Equal(5, _guard.Inner.Puts);
        Assert.Equal(BreakerState.Open, _guard.Tier.State.Breaker);
        Assert.Contains("left alone", (await _guard.PutAsync(_body.Reader)).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(5, _guard.Inner.Puts);
    }

    [Fact]
    public async Task Denials_WhereNothingIsRead_Open()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { WriteOnly = true });
        guard.Inner.OnPut = (_, _) => new(GuardFixture.Error(CacheErrorKind.Denied));
        await guard.PutAsync(_body.Reader);
        await guard.PutAsync(_body.Reader);
        Assert.Equal(BreakerState.Open, guard.Tier.State.Breaker);
    }

    [Fact]
    public async Task Exception_OfTheTier_IsAnError()
    {
        _guard.Inner.OnPut = (_, _) => throw new InvalidOperationException("a bug");
        Assert.Equal(CacheErrorKind.Io, (await _guard.PutAsync(_body.Reader)).Error?.Kind);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
