using Fabrik.Cache;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Artifacts that come whole with an upstream's answer, without a transfer.</summary>
public sealed class LayeredWholeTests
{
    private static readonly byte[] Right = LayerFixture.Content(1, 1000);
    private static readonly byte[] Wrong = LayerFixture.Content(2, 1000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Get_OfWhatIsInMemory_IsStoredAndServedWithoutATransfer(int size)
    {
        await using LayerFixture layers = Layers();
        var bytes = LayerFixture.Content(3, size);
        layers.Near.Set(LayerFixture.Id("a"), bytes);

        Assert.Equal(bytes, await layers.GetAsync("a"));
        Assert.Equal(bytes, await layers.GetAsync("a"));

        Assert.Equal((1, 0), (layers.Near.Gets, layers.Near.Copies));
        Assert.Equal((1, 0L), (layers.Local.Count, layers.Statistics.Unstored));
        Assert.Equal(size, layers.Statistics.Upstreams[0].Bytes);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    public async Task Get_OfOtherBytesThanPromised_TakesTheNextUpstream(int size)
    {
        await using LayerFixture layers = Layers();
        layers.Near.Set(LayerFixture.Id("a"), LayerFixture.Content(2, size), truth: Right);
        layers.Near.IgnoresLength = true;
        layers.Far.Set(LayerFixture.Id("a"), Right);

        Assert.Equal(Right, await layers.GetAsync("a"));

        Assert.Equal(1, layers.Far.Gets);
    }

    [Fact]
    public async Task Get_OfWrongBytes_IsCountedAndNotAskedForAgain()
    {
        await using LayerFixture layers = Layers();
        layers.Near.Set(LayerFixture.Id("a"), Wrong, truth: Right);

        Assert.Null(await layers.GetAsync("a"));
        Assert.Null(await layers.GetAsync("a"));

        Assert.Equal((1, 1L), (layers.Near.Gets, layers.Statistics.Upstreams[0].IntegrityFailures));
        Assert.Equal(0, layers.Local.Count);
    }

    [Fact]
    public async Task Get_WhenTheLocalTierTakesNothing_IsServedFromMemory()
    {
        await using LayerFixture layers = Layers();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Right);

        Assert.Equal(Right, await layers.GetAsync("a"));

        Assert.Equal(1, layers.Statistics.Unstored);
    }

    [Fact]
    public async Task Get_OfWrongBytes_WhenTheLocalTierTakesNothing_IsAMiss()
    {
        await using LayerFixture layers = Layers();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Wrong, truth: Right);

        Assert.Null(await layers.GetAsync("a"));

        Assert.Equal(1, layers.Statistics.Upstreams[0].IntegrityFailures);
    }

    [Fact]
    public async Task Delete_WhileItIsAskedFor_LeavesNothing()
    {
        await using LayerFixture layers = Layers();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        Gate gate = new();
        layers.Near.OnGet = async (_, token) =>
        {
            await gate.PassAsync(token);
            return null;
        };
        var reading = layers.GetAsync("a");
        await gate.Reached;

        await layers.Cache.DeleteAsync(LayerFixture.Id("a"), default);
        gate.Open();

        Assert.Equal(Right, await reading);
        await layers.LandedAsync("a");
        Assert.Equal(0, layers.Local.Count);
    }

    private static LayerFixture Layers()
    {
        LayerFixture layers = new();
        layers.Near.IsInMemory = true;
        return layers;
    }
}
