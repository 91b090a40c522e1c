using System.IO.Pipelines;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Fetching;

/// <summary>Flights over a tier in memory and a scripted origin; slices have 1,000 bytes.</summary>
internal sealed class FlightFixture : IAsyncDisposable
{
    public const int SliceSize = 1000;

    public FlightFixture(int slices, bool isPinned = true, bool knowsSize = true, long budget = 64 * SliceSize)
    {
        Content = new byte[slices * SliceSize];
        new Random(7).NextBytes(Content);
        Source = new ScriptedSource(Content);
        Budget = new SliceBudget(budget);
        Flights = new Flights(new FlightServices(new SliceStore(Tier), Budget, Counters, Clock));
        Target = new FlightTarget
        {
            Key = new BodyKey(new ResourceKey("bucket", "/key"), 1),
            SliceSize = SliceSize,
            Size = knowsSize ? Content.Length : null,
            IsPinned = isPinned && knowsSize,
            Source = Source,
            Notify = News.Add,
        };
    }

    public byte[] Content { get; }

    public ScriptedSource Source { get; }

    public MemoryTier Tier { get; } = new();

    public SliceBudget Budget { get; }

    public TestClock Clock { get; } = new();

    public FetchCounters Counters { get; } = new();

    public Flights Flights { get; }

    public FlightTarget Target { get; init; }

    public List<BodyNews> News { get; } = [];

    public FlightReader Join(long offset = 0, long end = long.MaxValue) => Flights.Join(Target, offset, end);

    /// <summary>Reads until an offset, or to the end; what was read must be the content.</summary>
    public async Task<BodyPieceKind> ReadAsync(FlightReader reader, long until = long.MaxValue)
    {
        while (reader.Offset < until)
        {
            await using var piece = await reader.NextAsync(TestContext.Current.CancellationToken);
            if (piece.Kind is BodyPieceKind.End or BodyPieceKind.Broken)
            {
                return piece.Kind;
            }

            var bytes = piece.Bytes;
            if (piece.Artifact is { } artifact)
            {
                using var copy = new MemoryStream();
                var writer = PipeWriter.Create(copy);
                await artifact.CopyToAsync(writer, piece.Offset, piece.Length, TestContext.Current.CancellationToken);
                await writer.CompleteAsync();
                bytes = copy.ToArray();
            }

            Assert.True(Content.AsSpan((int)reader.Offset, bytes.Length).SequenceEqual(bytes.Span));
            reader.Advance(bytes.Length);
        }

        return BodyPieceKind.Bytes;
    }

    /// <summary>One client that reads all of it.</summary>
    public async Task<BodyPieceKind> ReadAllAsync(long offset = 0, long end = long.MaxValue)
    {
        await using var reader = Join(offset, end);
        var kind = await ReadAsync(reader);
        Assert.True(kind == BodyPieceKind.Broken || reader.Offset == Math.Min(end, Content.Length));
        return kind;
    }

    /// <summary>Whether a slice is in the store.</summary>
    public bool IsStored(long slice) => Tier.Find(Target.Key.Key.SliceId(Target.Key.Generation, slice)) is not null;

    public Task RemoveAsync(long slice) => Tier.DeleteAsync(
        Target.Key.Key.SliceId(Target.Key.Generation, slice), CancellationToken.None).AsTask();

    /// <summary>Waits until nothing is under way; no memory may be left over.</summary>
    public async Task SettleAsync()
    {
        await Wait.UntilAsync(() => Flights.Count == 0 && Budget.Used == 0);
        Assert.Equal(0, Counters.Filling);
    }

    public static OriginFault Fault(OriginFaultKind kind) => new(kind, $"scripted {kind}");

    public async ValueTask DisposeAsync()
    {
        await Flights.DisposeAsync();
        await Tier.DisposeAsync();
    }
}
