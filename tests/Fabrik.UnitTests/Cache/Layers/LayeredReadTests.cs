using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Reads of artifacts that are verified before they are served, and what is remembered of misses.</summary>
public sealed class LayeredReadTests
{
    [Fact]
    public async Task Get_OfWhatIsLocal_AsksNoUpstream()
    {
        await using LayerFixture layers = new();
        layers.Local.Set(LayerFixture.Id("a"), [1, 2, 3], LayerFixture.PutOptions.Metadata);

        Assert.Equal([1, 2, 3], await layers.GetAsync("a"));

        Assert.Equal(0, layers.Near.Gets);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(4 * LayerFixture.Mega)]
    public async Task Get_OfWhatAnUpstreamHas_IsStoredAndServed(int size)
    {
        await using LayerFixture layers = new();
        var bytes = LayerFixture.Content(1, size);
        layers.Far.Set(LayerFixture.Id("a"), bytes, null, KeyValuePair.Create("x-artifact-tag", "t"));

        Assert.Equal(bytes, await layers.GetAsync("a"));
        Assert.Equal(bytes, await layers.GetAsync("a"));

        Assert.Equal((1, 1), (layers.Near.Gets, layers.Far.Gets));
        Assert.Equal("t", layers.Local.Find(LayerFixture.Id("a"))!.Info.Metadata.Find("x-artifact-tag"));
        Assert.Equal(0, layers.Statistics.MemoryBytes);
        Assert.Equal(size, layers.Statistics.Upstreams[1].Bytes);
    }

    [Fact]
    public async Task Get_OfWhatTwoUpstreamsHave_TakesTheFirst()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        layers.Far.Set(LayerFixture.Id("a"), [2]);

        Assert.Equal([1], await layers.GetAsync("a"));

        Assert.Equal(0, layers.Far.Gets);
    }

    [Fact]
    public async Task Get_WhenAnUpstreamFails_AsksTheNext()
    {
        await using LayerFixture layers = new();
        layers.Near.OnGet = (_, _) => ValueTask.FromResult<CacheErrorKind?>(CacheErrorKind.Unavailable);
        layers.Far.Set(LayerFixture.Id("a"), [2]);

        Assert.Equal([2], await layers.GetAsync("a"));

        Assert.Equal(1, layers.Statistics.Upstreams[0].Failures);
    }

    [Fact]
    public async Task Get_WhenAnUpstreamThrows_AsksTheNext()
    {
        await using LayerFixture layers = new();
        layers.Near.OnGet = (_, _) => throw new InvalidOperationException("a bug");
        layers.Far.Set(LayerFixture.Id("a"), [2]);

        Assert.Equal([2], await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Miss_EverywhereIsRemembered_ForAWhile()
    {
        await using LayerFixture layers = new();

        Assert.Null(await layers.GetAsync("a"));
        Assert.Null(await layers.GetAsync("a"));
        Assert.Equal((1, 1L), (layers.Near.Gets, layers.Statistics.NegativeHits));
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        layers.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([1], await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Miss_ThatIsRemembered_IsForgottenByAPut()
    {
        await using LayerFixture layers = new();
        Assert.Null(await layers.GetAsync("a"));
        await layers.PutAsync("a", [1]);
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        await layers.Local.DeleteAsync(LayerFixture.Id("a"), default);

        Assert.Equal([1], await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Miss_WhileAnUpstreamFails_IsAMissAndNotRemembered()
    {
        await using LayerFixture layers = new();
        layers.Far.OnGet = (_, _) => ValueTask.FromResult<CacheErrorKind?>(CacheErrorKind.Timeout);

        Assert.Null(await layers.GetAsync("a"));
        layers.Far.OnGet = null;
        layers.Far.Set(LayerFixture.Id("a"), [1]);

        Assert.Equal([1], await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Get_WhenTheLocalTierFails_IsServedByAnUpstream()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.SetAll(CacheErrorKind.Io);
        layers.Near.Set(LayerFixture.Id("a"), [1, 2]);

        Assert.Equal([1, 2], await layers.GetAsync("a"));
        Assert.Equal(CacheErrorKind.Io, (await layers.Cache.GetAsync(LayerFixture.Id("b"), default)).Error?.Kind);
        Assert.Equal(1, layers.Statistics.Unstored);
    }

    [Fact]
    public async Task Get_ByManyAtOnce_FetchesOnce()
    {
        await using LayerFixture layers = new();
        Gate gate = new();
        layers.Near.Set(LayerFixture.Id("a"), [1, 2]);
        layers.Near.OnGet = async (_, token) =>
        {
            await gate.PassAsync(token);
            return null;
        };

        var readers = Enumerable.Range(0, 20).Select(_ => layers.GetAsync("a")).ToList();
        await gate.Reached;
        Assert.Equal(1, layers.Statistics.Running);
        gate.Open();

        Assert.All(await Task.WhenAll(readers), bytes => Assert.Equal([1, 2], bytes));
        Assert.Equal((1, 19L), (layers.Near.Gets, layers.Statistics.Collapsed));
    }

    [Fact]
    public async Task Get_WhenTheCallerLeaves_IsStoredNevertheless()
    {
        await using LayerFixture layers = new();
        Gate gate = new();
        layers.Near.Set(LayerFixture.Id("a"), [1, 2]);
        layers.Near.OnPiece = async (_, token) =>
        {
            await gate.PassAsync(token);
            return null;
        };
        using CancellationTokenSource leaving = new();
        var reading = layers.Cache.GetAsync(LayerFixture.Id("a"), leaving.Token).AsTask();
        await gate.Reached;
        var landed = layers.LandedAsync("a");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        gate.Open();
        await landed;

        Assert.Equal([1, 2], layers.Local.Find(LayerFixture.Id("a"))?.Bytes);
    }

    [Fact]
    public async Task Get_AboveTheNumberOfFetches_IsAMiss()
    {
        await using LayerFixture layers = new(new LayerOptions { MaxFetches = 1 });
        Gate gate = new();
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        layers.Near.Set(LayerFixture.Id("b"), [2]);
        layers.Near.OnGet = async (_, token) =>
        {
            await gate.PassAsync(token);
            return null;
        };
        var first = layers.GetAsync("a");
        await gate.Reached;

        Assert.Null(await layers.GetAsync("b"));
        gate.Open();

        Assert.Equal([1], await first);
        Assert.Equal([2], await layers.GetAsync("b"));
        Assert.Equal(1, layers.Statistics.Refused);
    }

    [Fact]
    public async Task WrongBytes_OfOneUpstream_AreRefusedAndFetchedFromTheNext()
    {
        await using LayerFixture layers = new();
        var (right, wrong) = (LayerFixture.Content(1, 70_000), LayerFixture.Content(2, 70_000));
        layers.Near.Set(LayerFixture.Id("a"), wrong, truth: right);
        layers.Far.Set(LayerFixture.Id("a"), right);

        Assert.Equal(right, await layers.GetAsync("a"));
        await layers.Local.DeleteAsync(LayerFixture.Id("a"), default);
        Assert.Equal(right, await layers.GetAsync("a"));

        Assert.Equal((1, 2), (layers.Near.Gets, layers.Far.Gets));
        Assert.Equal(1, layers.Statistics.Upstreams[0].IntegrityFailures);
        await layers.Local.DeleteAsync(LayerFixture.Id("a"), default);
        layers.Clock.Advance(TimeSpan.FromMinutes(10));
        layers.Near.Set(LayerFixture.Id("a"), right);
        Assert.Equal(right, await layers.GetAsync("a"));
        Assert.Equal(2, layers.Near.Gets);
    }

    [Theory]
    [InlineData(69_999, 0)]
    [InlineData(70_001, 1)]
    public async Task WrongLength_OfTheOnlyUpstream_IsAMiss(int length, int integrityFailures)
    {
        await using LayerFixture layers = new();
        layers.Near.IgnoresLength = true;
        layers.Near.Set(
            LayerFixture.Id("a"), LayerFixture.Content(1, length), truth: LayerFixture.Content(1, 70_000));

        Assert.Null(await layers.GetAsync("a"));

        Assert.Equal(0, layers.Local.Count);
        Assert.Equal(integrityFailures, layers.Statistics.Upstreams[0].IntegrityFailures);
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull)]
    [InlineData(CacheErrorKind.ReadOnly)]
    [InlineData(CacheErrorKind.Io)]
    public async Task Get_WhenTheLocalTierTakesNothing_IsVerifiedInMemory(CacheErrorKind kind)
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = kind;
        var (right, wrong) = (LayerFixture.Content(1, 3_000_000), LayerFixture.Content(2, 3_000_000));
        layers.Near.Set(LayerFixture.Id("a"), right);
        layers.Near.Set(LayerFixture.Id("b"), wrong, truth: right);

        Assert.Equal(right, await layers.GetAsync("a"));
        Assert.Null(await layers.GetAsync("b"));

        Assert.Equal(0, layers.Statistics.MemoryBytes);
        Assert.Equal(1, layers.Statistics.Upstreams[0].IntegrityFailures);
    }

    [Fact]
    public async Task Get_ThatIsSlowerThanBuilding_IsAMiss()
    {
        await using LayerFixture layers = new(
            change: upstream => upstream with { Estimate = _ => TimeSpan.FromMilliseconds(100) });
        layers.Near.Set(LayerFixture.Id("a"), [1], null, KeyValuePair.Create("x-artifact-duration", "99"));
        layers.Near.Set(LayerFixture.Id("b"), [2], null, KeyValuePair.Create("x-artifact-duration", "100"));
        layers.Near.Set(LayerFixture.Id("c"), [3]);

        Assert.Null(await layers.GetAsync("a"));
        Assert.Equal([2], await layers.GetAsync("b"));
        Assert.Equal([3], await layers.GetAsync("c"));

        Assert.Equal(1, layers.Statistics.Upstreams[0].TooSlow);
    }

    [Fact]
    public async Task Get_OfWhatEndsByTheUpstreamsClockAlready_IsKeptForAMoment()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        layers.Near.Expire(LayerFixture.Id("a"), layers.Clock.GetUtcNow() - TimeSpan.FromMinutes(10));

        Assert.Equal([1], await layers.GetAsync("a"));

        Assert.Equal(TimeSpan.FromMinutes(1), layers.Local.LastPut?.TimeToLive);
    }

    [Fact]
    public async Task Dispose_WhileAFetchIsUnderWay_IsAMissForWhoWaits()
    {
        LayerFixture layers = new();
        Gate gate = new();
        layers.Near.OnGet = async (_, token) =>
        {
            await gate.PassAsync(token);
            return null;
        };
        var reading = layers.GetAsync("a");
        await gate.Reached;

        await layers.DisposeAsync();

        Assert.Null(await reading);
        Assert.Null(await layers.GetAsync("b"));
    }

    [Fact]
    public async Task Fetch_ThatEndedWhileTheLocalTierWasAsked_IsNotRepeated()
    {
        LookAgainTier local = new();
        await using LayerFixture layers = new(local: local);
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        Gate gate = new();
        local.OnGet = gate.PassAsync;
        var late = layers.GetAsync("a");
        await gate.Reached;
        local.OnGet = null;
        Assert.Equal([1], await layers.GetAsync("a"));

        gate.Open();

        Assert.Equal([1], await late);
        Assert.Equal(1, layers.Near.Gets);
    }
}
