using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Streams that the local tier does not take: the readers pace them.</summary>
public sealed class LayeredUnstoredTests
{
    private const int Size = 10 * LayerFixture.Mega;
    private static readonly byte[] Right = LayerFixture.Content(1, Size);

    [Fact]
    public async Task Stream_WhenTheLocalTierTakesNothing_IsServedAndPacedByItsReaders()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var (first, second) = (layers.OpenAsync("a"), layers.OpenAsync("a"));
        await using SlowReader slow = new((await first)!);
        var (bytes, error) = (Array.Empty<byte>(), default(CacheError));
        var fast = Task.Run(async () => (bytes, error) = await LayerFixture.ReadAsync((await second)!));

        await slow.TakeUntilAsync(1000);
        Assert.InRange(layers.Statistics.MemoryBytes, 1, 5 * LayerFixture.Mega);

        Assert.Null(await slow.FinishAsync());
        Assert.Equal(Right, slow.Bytes);
        await fast;
        Assert.Null(error);
        Assert.Equal(Right, bytes);
    }

    [Fact]
    public async Task Stream_WhenTheLocalTierIsFullHalfway_IsServedToWhoKeepsUp()
    {
        await using LayerFixture layers = new();
        layers.Local.FullAfter = 2 * LayerFixture.Mega;
        layers.Near.Set(LayerFixture.Id("a"), Right);

        Assert.Equal(Right, await layers.GetAsync("a"));

        await layers.LandedAsync("a");
        Assert.Equal((0, 1L), (layers.Local.Count, layers.Statistics.Unstored));
    }

    [Fact]
    public async Task Stream_OfWrongBytes_WhenTheLocalTierTakesNothing_NeverEndsWell()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = CacheErrorKind.ReadOnly;
        layers.Near.Set(LayerFixture.Id("a"), LayerFixture.Content(2, Size), truth: Right);

        // Its reader paces it: it does not fail before that has it.
        await using var artifact = await layers.OpenAsync("a");
        var (bytes, error) = await LayerFixture.ReadAsync(artifact!);

        Assert.Equal(CacheErrorKind.DigestMismatch, error?.Kind);
        Assert.InRange(bytes.Length, 0, Size - (64 * 1024));
    }

    [Fact]
    public async Task Reader_OfAPart_DoesNotHoldUpTheOthers()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var (first, second) = (layers.OpenAsync("a"), layers.OpenAsync("a"));
        await using SlowReader part = new((await first)!, (0, 100_000));
        var ending = part.FinishAsync();

        var (bytes, error) = await LayerFixture.ReadAsync((await second)!);

        Assert.Null(error);
        Assert.Equal(Right, bytes);
        Assert.Equal(CacheErrorKind.Incomplete, (await ending)?.Kind);
    }

    [Fact]
    public async Task Stream_ThatNobodyCanHave_IsAbandoned()
    {
        await using LayerFixture layers = new();
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var artifact = await layers.OpenAsync("a");
        var landed = layers.LandedAsync("a");

        await artifact!.DisposeAsync();
        await landed;

        Assert.InRange(layers.Statistics.Upstreams[0].Bytes, 0, 5 * LayerFixture.Mega);
        Assert.Equal((0L, 0L), (layers.Statistics.MemoryBytes, layers.Statistics.Broken));
    }

    [Fact]
    public async Task Reader_ThatComesLate_WhenNothingIsStored_GetsAFetchOfItsOwn()
    {
        await using LayerFixture layers = new(new LayerOptions { StallLimit = TimeSpan.FromHours(1) });
        layers.Local.Fault.Put = CacheErrorKind.StorageFull;
        layers.Near.Set(LayerFixture.Id("a"), Right);
        await using SlowReader first = new((await layers.OpenAsync("a"))!);
        await first.TakeUntilAsync(5 * LayerFixture.Mega);

        Assert.Equal(Right, await layers.GetAsync("a"));

        Assert.Null(await first.FinishAsync());
        Assert.Equal(Right, first.Bytes);
        Assert.Equal(2, layers.Near.Gets);
    }
}
