using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience;

public sealed class GuardedTierDisposalTests
{
    [Fact]
    public async Task Disposal_DuringOperations_EndsThemAsShuttingDown()
    {
        GuardFixture guard = new();
        Pipe pipe = new();
        ScriptedArtifact artifact = new([1])
        {
            OnCopy = (_, _) => new(new TaskCompletionSource<CacheResult<Unit>>().Task),
        };
        guard.Inner.OnGet = call => call.Number == 1 ? new(artifact) : new(GuardFixture.Pending().Task);
        guard.Inner.OnPut = (_, _) => new(new TaskCompletionSource<CacheResult<PutOutcome>>().Task);
        var copy = (await guard.GetAsync()).Value!.CopyToAsync(pipe.Writer, 0, 1, default).AsTask();
        var get = guard.GetAsync().AsTask();
        var put = guard.PutAsync(pipe.Reader);
        await guard.Tier.DisposeAsync();
        Assert.Equal(CacheErrorKind.ShuttingDown, (await copy).Error?.Kind);
        Assert.Equal(CacheErrorKind.ShuttingDown, (await get).Error?.Kind);
        Assert.Equal(CacheErrorKind.ShuttingDown, (await put).Error?.Kind);
        Assert.Null(guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Operations_AfterDisposal_AreAnsweredAsShuttingDown()
    {
        GuardFixture guard = new();
        await guard.Tier.DisposeAsync();
        await guard.Tier.DisposeAsync();
        Assert.Equal(CacheErrorKind.ShuttingDown, await guard.GetErrorAsync());
        Assert.Equal(1, guard.Inner.Disposals);
        Assert.Equal(0, guard.Inner.Gets);
    }

    [Fact]
    public async Task Disposal_OfATierThatHangs_EndsAfterTheIdleTimeout()
    {
        GuardFixture guard = new();
        guard.Inner.OnDispose = () => new(new TaskCompletionSource().Task);
        var disposal = guard.Tier.DisposeAsync().AsTask();
        guard.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(disposal.IsCompleted);
        guard.Clock.Advance(TimeSpan.FromSeconds(1));
        await disposal;
    }

    [Fact]
    public async Task Disposal_OfATierThatThrows_IsLogged()
    {
        GuardFixture guard = new();
        guard.Inner.OnDispose = () => throw new InvalidOperationException("a bug");
        await guard.Tier.DisposeAsync();
        Assert.Equal([1303], guard.Log.Ids);
    }
}
