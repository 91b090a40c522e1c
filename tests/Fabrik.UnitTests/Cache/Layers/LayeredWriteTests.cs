using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Writes, deletions, existence and tenants.</summary>
public sealed class LayeredWriteTests
{
    [Fact]
    public async Task Put_ThatIsStored_IsCarriedUpward()
    {
        await using LayerFixture layers = new();

        Assert.Equal(PutOutcome.Stored, (await layers.PutAsync("a", [1])).Value);
        Assert.Equal(PutOutcome.Identical, (await layers.PutAsync("a", [1])).Value);
        Assert.Equal(PutOutcome.Kept, (await layers.PutAsync("a", [2])).Value);
        await layers.PutAsync("a", [2], LayerFixture.PutOptions with { Overwrite = true, ExpectedSize = 1 });

        Assert.Equal(
            [UploadOperation.Put, UploadOperation.Put, UploadOperation.Replace],
            layers.Uploads.Queued.Select(order => order.Operation));
        Assert.Equal(1, layers.Uploads.Queued.Last().Size);
        Assert.Empty(layers.Uploads.Sent);
    }

    [Fact]
    public async Task Put_ThatFails_IsNotCarriedUpward()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;

        Assert.Equal(CacheErrorKind.StorageFull, (await layers.PutAsync("a", [1])).Error?.Kind);

        Assert.Empty(layers.Uploads.Queued);
    }

    [Fact]
    public async Task Put_ToAnUpstreamInSync_IsSentAtOnce()
    {
        await using LayerFixture layers = new(
            change: With(options => options with { WriteThrough = WriteThrough.Sync }));

        await layers.PutAsync("a", [1]);

        Assert.Empty(layers.Uploads.Queued);
        Assert.Equal(LayerFixture.Id("a"), Assert.Single(layers.Uploads.Sent).Id);
    }

    [Fact]
    public async Task Put_WhereUpstreamsAreOnlyRead_IsNotCarried()
    {
        await using LayerFixture layers = new(change: With(options => options with { ReadOnly = true }));

        await layers.PutAsync("a", [1]);

        Assert.Empty(layers.Uploads.Queued);
    }

    [Fact]
    public async Task Get_FromAnUpstreamThatIsOnlyWritten_IsAMissWithoutAsking()
    {
        await using LayerFixture layers = new(change: With(options => options with { WriteOnly = true }));
        layers.Near.Set(LayerFixture.Id("a"), [1]);

        Assert.Null(await layers.GetAsync("a"));
        Assert.Null((await layers.Cache.StatAsync(LayerFixture.Id("a"), default)).Value);

        Assert.Equal((0, 0), (layers.Near.Gets, layers.Near.Stats));
    }

    [Fact]
    public async Task Fetch_FromAnUpstream_IsNotCarriedUpward()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), [1]);

        await layers.GetAsync("a");

        Assert.Empty(layers.Uploads.Queued);
    }

    [Fact]
    public async Task Delete_OfAnArtifact_IsCarriedUpwardAndStays()
    {
        await using LayerFixture layers = new();
        await layers.PutAsync("a", [1]);
        layers.Near.Set(LayerFixture.Id("a"), [1]);

        Assert.True((await layers.Cache.DeleteAsync(LayerFixture.Id("a"), default)).Value);

        Assert.Equal(UploadOperation.Delete, layers.Uploads.Queued.Last().Operation);
        Assert.Null(await layers.GetAsync("a"));
        Assert.Null((await layers.Cache.StatAsync(LayerFixture.Id("a"), default)).Value);
        Assert.False((await ContainsAsync(layers, "a"))[0]);
        layers.Clock.Advance(TimeSpan.FromMinutes(10));
        layers.Uploads.Deleting.Add(LayerFixture.Id("a"));
        Assert.Null(await layers.GetAsync("a"));
        layers.Uploads.Deleting.Clear();
        Assert.Equal([1], await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Delete_ThatFails_IsNotRemembered()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), [1]);
        layers.Local.Fault.Delete = CacheErrorKind.Io;

        Assert.NotNull((await layers.Cache.DeleteAsync(LayerFixture.Id("a"), default)).Error);

        Assert.Empty(layers.Uploads.Queued);
        Assert.Equal([1], await layers.GetAsync("a"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(6 * LayerFixture.Mega)]
    public async Task Delete_WhileItIsFetched_LeavesNothing(int size)
    {
        await using LayerFixture layers = new(new LayerOptions { WindowSize = 8 * LayerFixture.Mega });
        var bytes = LayerFixture.Content(1, size);
        layers.Near.Set(LayerFixture.Id("a"), bytes);
        Gate gate = new();
        layers.Near.OnPiece = async (piece, token) =>
        {
            if (piece.Offset >= size - 17_000)
            {
                await gate.PassAsync(token);
            }

            return null;
        };
        var reading = layers.GetAsync("a");
        await gate.Reached;

        await layers.Cache.DeleteAsync(LayerFixture.Id("a"), default);
        gate.Open();

        Assert.Equal(bytes, await reading);
        await layers.LandedAsync("a");
        Assert.Equal(0, layers.Local.Count);
        Assert.Null(await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Stat_OfWhatIsNotLocal_AsksUpstreamsInOrder()
    {
        await using LayerFixture layers = new();
        layers.Far.Set(LayerFixture.Id("a"), [1, 2]);

        Assert.Equal(2, (await layers.Cache.StatAsync(LayerFixture.Id("a"), default)).Value?.Size);
        Assert.Null((await layers.Cache.StatAsync(LayerFixture.Id("b"), default)).Value);
        Assert.Null((await layers.Cache.StatAsync(LayerFixture.Id("b"), default)).Value);

        Assert.Equal((2, 2), (layers.Near.Stats, layers.Far.Stats));
    }

    [Fact]
    public async Task Stat_WhenAnUpstreamFails_IsNotRememberedAsAMiss()
    {
        await using LayerFixture layers = new();
        layers.Near.Fault = CacheErrorKind.Unavailable;

        Assert.Null((await layers.Cache.StatAsync(LayerFixture.Id("a"), default)).Value);
        layers.Near.Fault = null;
        layers.Near.Set(LayerFixture.Id("a"), [1]);

        Assert.NotNull((await layers.Cache.StatAsync(LayerFixture.Id("a"), default)).Value);
    }

    [Fact]
    public async Task Contains_OfMany_AsksEachUpstreamOnceForWhatIsMissing()
    {
        await using LayerFixture layers = new();
        await layers.PutAsync("local", [1]);
        layers.Near.Set(LayerFixture.Id("near"), [1]);
        layers.Far.Set(LayerFixture.Id("far"), [1]);

        Assert.Equal([true, true, true, false], await ContainsAsync(layers, "local", "near", "far", "none"));
        Assert.Equal([false], await ContainsAsync(layers, "none"));
        Assert.Equal([true], await ContainsAsync(layers, "local"));

        Assert.Equal((1, 1), (layers.Near.ContainsCalls, layers.Far.ContainsCalls));
    }

    [Fact]
    public async Task Contains_WhenTiersFail_SaysWhatTheOthersKnow()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Contains = CacheErrorKind.Io;
        layers.Near.Fault = CacheErrorKind.Timeout;
        layers.Far.Set(LayerFixture.Id("far"), [1]);

        Assert.Equal([false, true], await ContainsAsync(layers, "none", "far"));
        layers.Near.Fault = null;
        layers.Near.Set(LayerFixture.Id("none"), [1]);

        Assert.Equal([true], await ContainsAsync(layers, "none"));
    }

    [Fact]
    public async Task Tenant_OfAView_IsPassedOn()
    {
        await using LayerFixture layers = new();
        var view = layers.Cache.For("t1");
        await view.DeleteAsync(LayerFixture.Id("a"), default);

        Assert.Same(view, layers.Cache.For("t1"));
        Assert.Same(layers.Cache, layers.Cache.For(""));
        Assert.Same(layers.Cache, view.For(""));
        Assert.Equal("t1", layers.Near.Tenant);
        Assert.Equal("t1", Assert.Single(layers.Uploads.Queued).Tenant);
    }

    private static Func<Upstream, Upstream> With(Func<UpstreamOptions, UpstreamOptions> change) =>
        upstream => upstream with { Options = change(upstream.Options) };

    private static async Task<IReadOnlyList<bool>> ContainsAsync(LayerFixture layers, params string[] keys)
    {
        var found = new bool[keys.Length];
        ArtifactId[] ids = [.. keys.Select(LayerFixture.Id)];
        Assert.Null((await layers.Cache.ContainsAsync(ids, found, default)).Error);
        return found;
    }
}
