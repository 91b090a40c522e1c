using Fabrik.Cache;
using Fabrik.Proxies.Fetching;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Fetching;

/// <summary>What happens when memory is short, the store refuses, or a body cannot be fetched in parts.</summary>
public sealed class FlightMemoryTests
{
    [Fact]
    public async Task Budget_ThatIsUsedUp_SendsReadersToTheOrigin()
    {
        await using var flight = new FlightFixture(slices: 10, budget: FlightFixture.SliceSize);
        Assert.True(flight.Budget.TryTake(FlightFixture.SliceSize));
        Assert.Equal(BodyPieceKind.End, await flight.ReadAllAsync(offset: 1500, end: 7500));
        Assert.Equal([(1500, 7500)], flight.Source.Opened);
        Assert.Equal(1, flight.Counters.Direct);
        Assert.Null(flight.Flights.Begin(flight.Target, flight.Source.Body()));
        flight.Budget.Return(FlightFixture.SliceSize);
        await flight.SettleAsync();
        Assert.Equal(0, flight.Tier.Count);
    }

    [Fact]
    public async Task Budget_OfManyBodies_IsNeverExceeded()
    {
        await using var flight = new FlightFixture(slices: 40, budget: 6 * FlightFixture.SliceSize);
        var bodies = Enumerable.Range(0, 30).Select(async number =>
        {
            var target = flight.Target with { Key = flight.Target.Key with { Generation = number } };
            await using var reader = flight.Flights.Join(target, 0, long.MaxValue);
            Assert.Equal(BodyPieceKind.End, await flight.ReadAsync(reader));
        });
        await Task.WhenAll(bodies);
        Assert.InRange(flight.Budget.Peak, 1, 6 * FlightFixture.SliceSize);
        await flight.SettleAsync();
    }

    [Fact]
    public async Task Reader_ThatWaitsForItsClient_HoldsNoMemory()
    {
        await using var flight = new FlightFixture(slices: 60);
        var readers = new List<FlightReader>();
        for (var i = 0; i < 50; i++)
        {
            var reader = flight.Join();
            await flight.ReadAsync(reader, until: 1);
            readers.Add(reader);
        }

        await Wait.UntilAsync(() => flight.Budget.Used == 0);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        await flight.SettleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_ThatRefuses_ServesOneReaderFromOneStream(bool isPinned)
    {
        await using var flight = new FlightFixture(slices: 30, isPinned);
        flight.Tier.Fault.Put = CacheErrorKind.StorageFull;
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body());
        await using var reader = flight.Join();
        await hold!.DisposeAsync();
        Assert.Equal(BodyPieceKind.End, await flight.ReadAsync(reader));
        Assert.Empty(flight.Source.Opened);
        await reader.DisposeAsync();
        await flight.SettleAsync();
        Assert.Equal(isPinned ? [] : [BodyNewsKind.Lost], flight.News.Select(news => news.Kind));
    }

    [Fact]
    public async Task Store_ThatRefuses_ServesAllReadersOfABodyWithoutAPin()
    {
        await using var flight = new FlightFixture(slices: 30, isPinned: false);
        flight.Tier.Fault.Put = CacheErrorKind.ReadOnly;
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body());
        var readers = Enumerable.Range(0, 20).Select(_ => flight.Join()).ToArray();
        await hold!.DisposeAsync();
        var kinds = await Task.WhenAll(readers.Select(async reader =>
        {
            await using (reader)
            {
                return await flight.ReadAsync(reader);
            }
        }));
        Assert.All(kinds, kind => Assert.Equal(BodyPieceKind.End, kind));
        await flight.SettleAsync();
    }

    [Fact]
    public async Task Body_WithoutAPinThatBreaks_IsLost()
    {
        await using var flight = new FlightFixture(slices: 10, isPinned: false);
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body(breaksAt: 3456));
        await using var reader = flight.Join();
        await hold!.DisposeAsync();
        Assert.Equal(BodyPieceKind.Broken, await flight.ReadAsync(reader));
        Assert.InRange(reader.Offset, 3000, 3456);
        Assert.Equal(BodyNewsKind.Lost, Assert.Single(flight.News).Kind);
        Assert.Empty(flight.Source.Opened);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(9_001)]
    [InlineData(1)]
    public async Task Body_OfUnknownSize_IsWholeAtItsEnd(int size)
    {
        await using var flight = new FlightFixture(slices: 10, knowsSize: false);
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body(end: size));
        await using var reader = flight.Join();
        await hold!.DisposeAsync();
        Assert.Equal(BodyPieceKind.End, await flight.ReadAsync(reader));
        Assert.Equal(size, reader.Offset);
        await reader.DisposeAsync();
        await flight.SettleAsync();
        var news = Assert.Single(flight.News);
        Assert.Equal((BodyNewsKind.Whole, (long)size), (news.Kind, news.Size));
    }

    [Fact]
    public async Task Body_OfUnknownSizeAboveTheLimit_IsReadButNotKept()
    {
        await using var flight = new FlightFixture(slices: 10, knowsSize: false);
        var target = flight.Target with { MaxStored = 2500 };
        var hold = flight.Flights.Begin(target, flight.Source.Body());
        await using var reader = flight.Flights.Join(target, 0, long.MaxValue);
        await hold!.DisposeAsync();
        Assert.Equal(BodyPieceKind.End, await flight.ReadAsync(reader));
        Assert.Equal(BodyNewsKind.Lost, Assert.Single(flight.News).Kind);
    }

    [Fact]
    public async Task Body_WithoutAPinThatNobodyReads_Ends()
    {
        await using var flight = new FlightFixture(slices: 60, isPinned: false);
        flight.Source.ReleaseTo(2500);
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body());
        await hold!.DisposeAsync();
        await flight.SettleAsync();
        Assert.Equal(BodyNewsKind.Lost, Assert.Single(flight.News).Kind);
    }
}
