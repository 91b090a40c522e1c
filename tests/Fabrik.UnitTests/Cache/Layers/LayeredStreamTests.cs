using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Artifacts that are served while they come.</summary>
public sealed class LayeredStreamTests
{
    private const int Size = 10 * LayerFixture.Mega;
    private const int HeldBack = 64 * 1024;
    private static readonly byte[] Right = LayerFixture.Content(1, Size);

    [Fact]
    public async Task Stream_IsServed_WhileItComes()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var gate = StopAt(layers, LayerFixture.Mega);

        await using SlowReader reader = new((await layers.OpenAsync("a"))!);
        await reader.TakeUntilAsync(LayerFixture.Mega);
        Assert.Equal(0, layers.Local.Count);
        gate.Open();

        Assert.Null(await reader.FinishAsync());
        Assert.Equal(Right, reader.Bytes);
        await layers.LandedAsync("a");
        Assert.Equal(Right, layers.Local.Find(LayerFixture.Id("a"))?.Bytes);
    }

    [Fact]
    public async Task Stream_OfWrongBytes_NeverEndsWell()
    {
        await using LayerFixture layers = new();
        var wrong = (byte[])Right.Clone();
        wrong[5] ^= 1;
        layers.Near.Set(LayerFixture.Id("a"), wrong, truth: Right);
        layers.Far.Set(LayerFixture.Id("a"), Right);

        await using (var artifact = await OpenAsync(layers, then: null))
        {
            var (bytes, error) = await LayerFixture.ReadAsync(artifact);
            Assert.Equal(CacheErrorKind.DigestMismatch, error?.Kind);
            Assert.InRange(bytes.Length, 0, Size - HeldBack);
        }

        await layers.LandedAsync("a");
        Assert.Equal(0, layers.Local.Count);
        Assert.Equal(1, layers.Statistics.Upstreams[0].IntegrityFailures);
        Assert.Equal(Right, await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Part_OfWrongBytes_NeverEndsWell()
    {
        await using LayerFixture layers = new();
        var wrong = (byte[])Right.Clone();
        wrong[5] ^= 1;
        layers.Near.Set(LayerFixture.Id("a"), wrong, truth: Right);

        await using var artifact = await OpenAsync(layers, then: null);
        var (bytes, error) = await LayerFixture.ReadAsync(artifact, 0, 1000);

        Assert.Equal(CacheErrorKind.DigestMismatch, error?.Kind);
        Assert.Empty(bytes);
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(5_000_000, 1_000_000)]
    [InlineData(Size - 10, 10)]
    public async Task Part_OfAStream_IsThatPart(int offset, int length)
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);

        await using var artifact = await layers.OpenAsync("a");
        var (bytes, error) = await LayerFixture.ReadAsync(artifact!, offset, length);

        Assert.Null(error);
        Assert.Equal(Right[offset..(offset + length)], bytes);
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsResumedAtTheSameUpstream()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        BreakAt(layers, copy: 1, 1_000_000);
        layers.Near.PieceSize = 1000;

        Assert.Equal(Right, await layers.GetAsync("a"));

        Assert.Equal([0, 1_000_000], layers.Near.Offsets);
        Assert.Equal((1, 1L), (layers.Near.Gets, layers.Statistics.Resumed));
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsResumedAtTheNextUpstreamWithTheSameBytes()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        layers.Far.Set(LayerFixture.Id("a"), Right);
        layers.Near.OnPiece = (piece, _) => ValueTask.FromResult<CacheErrorKind?>(
            piece.Offset >= 1_015_808 ? CacheErrorKind.Io : null);

        Assert.Equal(Right, await layers.GetAsync("a"));

        Assert.Equal([0, 1_015_808], layers.Near.Offsets);
        Assert.Equal([1_015_808], layers.Far.Offsets);
    }

    [Fact]
    public async Task Stream_ThatBreaks_IsNotResumedWithOtherBytes()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        layers.Far.Set(LayerFixture.Id("a"), LayerFixture.Content(2, Size));

        await using var artifact = await OpenAsync(
            layers, piece => piece.Offset >= LayerFixture.Mega ? CacheErrorKind.Io : null);
        var (_, error) = await LayerFixture.ReadAsync(artifact);

        Assert.Equal((CacheErrorKind.Incomplete, CacheErrorSource.Upstream), (error?.Kind, error?.Source));
        Assert.Equal((0, 1L), (layers.Far.Copies, layers.Statistics.Broken));
        await layers.LandedAsync("a");
        Assert.Equal(0, layers.Local.Count);
    }

    [Fact]
    public async Task Stream_ThatBreaksAgainAndAgain_IsGivenUp()
    {
        await using LayerFixture layers = new(new LayerOptions { MaxResumes = 3 });
        layers.Near.Set(LayerFixture.Id("a"), Right);

        await using var artifact = await OpenAsync(
            layers, piece => piece.Offset >= piece.Copy * LayerFixture.Mega ? CacheErrorKind.Timeout : null);
        var (_, error) = await LayerFixture.ReadAsync(artifact);

        Assert.NotNull(error);
        Assert.Equal((4, 3L), (layers.Near.Copies, layers.Statistics.Resumed));
    }

    [Fact]
    public async Task Stream_ThatFailsBeforeAByteWasSeen_ComesFromTheNextUpstream()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), LayerFixture.Content(2, Size));
        layers.Near.OnPiece = (_, _) => ValueTask.FromResult<CacheErrorKind?>(CacheErrorKind.Io);
        layers.Far.Set(LayerFixture.Id("a"), Right);

        Assert.Equal(Right, await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Reader_ThatIsSlow_HoldsNothingUpAndGoesOnFromTheLocalTier()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var start = StopAt(layers, LayerFixture.Mega);
        await using SlowReader reader = new((await layers.OpenAsync("a"))!);
        await reader.TakeUntilAsync(1000);
        var gate = StopAt(layers, Size - (32 * 1024));
        start.Open();

        await gate.Reached;
        var landed = layers.LandedAsync("a");
        Assert.InRange(layers.Statistics.MemoryBytes, 1, 5 * LayerFixture.Mega);
        gate.Open();
        await landed;

        Assert.Null(await reader.FinishAsync());
        Assert.Equal(Right, reader.Bytes);
    }

    [Fact]
    public async Task Reader_ThatComesLate_WaitsAndGetsAll()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var gate = StopAt(layers, Size - (32 * 1024));
        var first = layers.GetAsync("a");
        await gate.Reached;

        await using SlowReader late = new((await layers.OpenAsync("a"))!);
        gate.Open();

        Assert.Null(await late.FinishAsync());
        Assert.Equal(Right, late.Bytes);
        Assert.Equal(Right, await first);
        Assert.Equal(1, layers.Near.Gets);
    }

    [Fact]
    public async Task Stream_ThatNobodyReads_IsStored()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var gate = StopAt(layers, LayerFixture.Mega);
        var artifact = await layers.OpenAsync("a");
        await gate.Reached;
        await artifact!.DisposeAsync();
        var landed = layers.LandedAsync("a");

        gate.Open();
        await landed;

        Assert.Equal(Right, layers.Local.Find(LayerFixture.Id("a"))?.Bytes);
        Assert.Equal(0, layers.Statistics.MemoryBytes);
    }

    [Fact]
    public async Task Dispose_WhileAStreamIsRead_BreaksItOff()
    {
        LayerFixture layers = new();
        layers.Near.Set(LayerFixture.Id("a"), Right);
        var gate = StopAt(layers, LayerFixture.Mega);
        await using SlowReader reader = new((await layers.OpenAsync("a"))!);
        await gate.Reached;

        await layers.DisposeAsync();

        Assert.NotNull(await reader.FinishAsync());
        Assert.Equal(0, layers.Local.Count);
        Assert.Equal(0, layers.Statistics.MemoryBytes);
    }

    [Fact]
    public async Task Memory_OfAllWindows_IsLimited()
    {
        await using LayerFixture layers = new(new LayerOptions { MaxMemory = LayerFixture.Mega });
        layers.Near.Set(LayerFixture.Id("a"), Right);
        layers.Near.Set(LayerFixture.Id("b"), Right);
        var gate = StopAt(layers, Size - (32 * 1024));
        var (a, b) = (layers.GetAsync("a"), layers.GetAsync("b"));
        await gate.Reached;

        Assert.InRange(layers.Statistics.MemoryBytes, 1, LayerFixture.Mega + (2 * 3 * 64 * 1024));
        gate.Open();

        Assert.Equal(Right, await a);
        Assert.Equal(Right, await b);
    }

    private static Gate StopAt(LayerFixture layers, long offset, Func<ScriptedPiece, CacheErrorKind?>? then = null)
    {
        Gate gate = new();
        layers.Near.OnPiece = async (piece, token) =>
        {
            if (piece.Offset >= offset)
            {
                await gate.PassAsync(token);
            }

            return then?.Invoke(piece);
        };
        return gate;
    }

    // A stream that fails before its reader was told of it is a miss; here the reader has it.
    private static async Task<CachedArtifact> OpenAsync(LayerFixture layers, Func<ScriptedPiece, CacheErrorKind?>? then)
    {
        var gate = StopAt(layers, 1, then);
        var artifact = await layers.OpenAsync("a");
        gate.Open();
        return artifact!;
    }

    private static void BreakAt(LayerFixture layers, int copy, long offset) =>
        layers.Near.OnPiece = (piece, _) => ValueTask.FromResult<CacheErrorKind?>(
            piece.Copy == copy && piece.Offset >= offset ? CacheErrorKind.Timeout : null);
}
