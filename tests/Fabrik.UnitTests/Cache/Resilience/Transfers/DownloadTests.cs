using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Transfers;

public sealed class DownloadTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly GuardFixture _guard = new(GuardFixture.Defaults with
    {
        MinRate = 1000,
        Timeout = TimeSpan.FromSeconds(30),
    });

    private readonly Pipe _client = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly ScriptedArtifact _artifact = new(new byte[1_000_000]);

    [Fact]
    public async Task Body_ThatComesAtOnce_ReachesTheClient()
    {
        Assert.Null((await Copy(await HitAsync())).Error);
        Assert.Equal(1_000_000, await ReceivedAsync());
        Assert.NotNull(_guard.Tier.State.BytesPerSecond);
    }

    [Fact]
    public async Task Body_WrittenIntoMemoryOfTheWriter_ReachesTheClientUnchanged()
    {
        var sent = new byte[300_000];
        new Random(5).NextBytes(sent);
        _artifact.OnCopy = async (writer, _) =>
        {
            for (var at = 0; at < sent.Length;)
            {
                var memory = writer.GetMemory(7000);
                var piece = sent.AsMemory(at, Math.Min(Math.Min(memory.Length, 9001), sent.Length - at));
                piece.CopyTo(memory);
                writer.Advance(piece.Length);
                at += piece.Length;
                if (at % 3 == 0)
                {
                    await writer.FlushAsync(CancellationToken.None);
                }
            }

            return default(Unit);
        };
        Assert.Null((await Copy(await HitAsync())).Error);
        await _client.Writer.CompleteAsync();
        var read = await _client.Reader.ReadAtLeastAsync(sent.Length);
        Assert.Equal(sent, System.Buffers.BuffersExtensions.ToArray(read.Buffer));
    }

    [Fact]
    public async Task TricklingBody_BelowTheRate_IsGivenUpAfterOneWindow()
    {
        var (copy, token) = await StartTrickleAsync(bytes: 100, every: Second);
        _guard.Clock.Advance(4.9 * Second);
        Assert.False(copy.IsCompleted);
        _guard.Clock.Advance(0.1 * Second);
        var error = (await copy).Error;
        Assert.Equal(CacheErrorKind.Timeout, error?.Kind);
        Assert.Contains("1000 bytes per second", error!.Message, StringComparison.Ordinal);
        Assert.True(token().IsCancellationRequested);
    }

    [Fact]
    public async Task TricklingBody_AboveTheRate_GoesOn()
    {
        var (copy, _) = await StartTrickleAsync(bytes: 1300, every: Second);
        _guard.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(copy.IsCompleted);
    }

    [Fact]
    public async Task StalledBody_WithoutARate_IsGivenUpAfterTheIdleTimeout()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { MinRate = 0 });
        var copy = await StallAsync(guard);
        guard.Clock.Advance(29 * Second);
        Assert.False(copy.IsCompleted);
        guard.Clock.Advance(1 * Second);
        Assert.Contains("sent nothing for 30 s", (await copy).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatReadsSlowly_IsNotTheUpstreamsFault()
    {
        Pipe client = new(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
        var hit = await HitAsync();
        var copy = hit.CopyToAsync(client.Writer, 0, 1_000_000, default).AsTask();
        _guard.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(copy.IsCompleted);
        var read = await client.Reader.ReadAtLeastAsync(1_000_000);
        client.Reader.AdvanceTo(read.Buffer.End);
        Assert.Null((await copy).Error);
    }

    [Fact]
    public async Task Upstream_ThatIsGivenUpAndGoesOn_ReachesNothingOfTheClients()
    {
        TaskCompletionSource goOn = new();
        Exception? refused = null;
        _artifact.OnCopy = async (writer, _) =>
        {
            var memory = writer.GetMemory(100);
            await goOn.Task;
            memory.Span.Fill(1);
            writer.Advance(100);
            refused = await Record.ExceptionAsync(async () => await writer.FlushAsync());
            return default(Unit);
        };
        var hit = await HitAsync();
        var copy = Copy(hit).AsTask();
        _guard.Clock.Advance(5 * Second);
        Assert.Equal(CacheErrorKind.Timeout, (await copy).Error?.Kind);
        await hit.DisposeAsync();
        Assert.Equal(0, _artifact.Disposals);
        Assert.Equal(2, _guard.Tier.State.LeftBehind);
        goOn.SetResult();
        Assert.IsType<OperationCanceledException>(refused);
        await _artifact.Disposed;
        Assert.Equal(0, await ReceivedAsync());
    }

    [Fact]
    public async Task Caller_WhoLeaves_IsLetGoAndIsNoFailure()
    {
        using CancellationTokenSource caller = new();
        _artifact.OnCopy = (_, _) => new(new TaskCompletionSource<CacheResult<Unit>>().Task);
        var copy = (await HitAsync()).CopyToAsync(_client.Writer, 0, 1, caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Caller_WhoLeavesWhileTheClientIsWaitedFor_IsLetGo()
    {
        Pipe client = new(new PipeOptions(
            pauseWriterThreshold: 1000, resumeWriterThreshold: 500, useSynchronizationContext: false));
        using CancellationTokenSource caller = new();
        var copy = (await HitAsync()).CopyToAsync(client.Writer, 0, 1_000_000, caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
    }

    [Fact]
    public async Task Fault_OfTheClientsWriter_IsThrownAndIsNoFailure()
    {
        IOException gone = new("gone");
        var hit = await HitAsync();
        var thrown = await Assert.ThrowsAsync<IOException>(
            () => hit.CopyToAsync(new BrokenWriter(gone), 0, 1, default).AsTask());
        Assert.Same(gone, thrown);
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Error_AfterTheClientStoppedReading_IsNoFailure()
    {
        _artifact.OnCopy = async (writer, _) =>
        {
            await writer.WriteAsync(new byte[10], CancellationToken.None);
            return GuardFixture.Error(CacheErrorKind.Incomplete);
        };
        await _client.Reader.CompleteAsync();
        Assert.Equal(CacheErrorKind.Incomplete, (await Copy(await HitAsync())).Error?.Kind);
        Assert.Equal(0, _guard.Tier.State.IntegrityFailures);
    }

    [Theory]
    [InlineData(CacheErrorKind.Incomplete)]
    [InlineData(CacheErrorKind.DigestMismatch)]
    public async Task BadBodies_InARow_CountAndOpenThoughEveryAnswerBeganWell(CacheErrorKind kind)
    {
        _artifact.OnCopy = (_, _) => new(GuardFixture.Error(kind));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(kind, (await Copy(await HitAsync())).Error?.Kind);
        }

        Assert.Equal(5, _guard.Tier.State.IntegrityFailures);
        Assert.Equal(BreakerState.Open, _guard.Tier.State.Breaker);
        Assert.Equal(5, _guard.Log.Ids.Count(id => id == 1304));
    }

    [Fact]
    public async Task Exception_OfTheBody_IsAnError()
    {
        InvalidOperationException bug = new("a bug");
        _artifact.OnCopy = (_, _) => throw bug;
        Assert.Same(bug, (await Copy(await HitAsync())).Error?.Cause);
    }

    [Fact]
    public async Task Disposal_ThatHangs_HoldsNobodyUpForever()
    {
        _artifact.OnDispose = () => new(new TaskCompletionSource().Task);
        var disposal = (await HitAsync()).DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        _guard.Clock.Advance(TimeSpan.FromSeconds(30));
        await disposal;
        Assert.Equal(1, _guard.Tier.State.LeftBehind);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private async Task<CachedArtifact> HitAsync()
    {
        _guard.Inner.OnGet = _ => new(_artifact);
        return (await _guard.GetAsync()).Value!;
    }

    private ValueTask<CacheResult<Unit>> Copy(CachedArtifact hit) =>
        hit.CopyToAsync(_client.Writer, 0, _artifact.Info.Size, default);

    private async Task<long> ReceivedAsync()
    {
        await _client.Writer.CompleteAsync();
        var read = await _client.Reader.ReadAtLeastAsync(int.MaxValue);
        return read.Buffer.Length;
    }

    private async Task<(Task<CacheResult<Unit>> Copy, Func<CancellationToken> Token)> StartTrickleAsync(
        int bytes, TimeSpan every)
    {
        CancellationToken seen = default;
        _artifact.OnCopy = async (writer, token) =>
        {
            seen = token;
            while (true)
            {
                using Alarm alarm = new(_guard.Clock, every);
                await alarm.Rings;
                await writer.WriteAsync(new byte[bytes], CancellationToken.None);
            }
        };
        return (Copy(await HitAsync()).AsTask(), () => seen);
    }

    private async Task<Task<CacheResult<Unit>>> StallAsync(GuardFixture guard)
    {
        _artifact.OnCopy = (_, _) => new(new TaskCompletionSource<CacheResult<Unit>>().Task);
        guard.Inner.OnGet = _ => new(_artifact);
        return Copy((await guard.GetAsync()).Value!).AsTask();
    }
}
