using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Fetching;

/// <summary>Who fetches what, who waits for whom, and when it ends.</summary>
public sealed class FlightTests
{
    [Fact]
    public async Task Herd_OfReaders_IsOneStream()
    {
        await using var flight = new FlightFixture(slices: 20);
        flight.Source.ReleaseTo(0);
        var readers = Enumerable.Range(0, 200).Select(_ => flight.ReadAllAsync()).ToArray();
        flight.Source.ReleaseTo(long.MaxValue);
        Assert.All(await Task.WhenAll(readers), kind => Assert.Equal(BodyPieceKind.End, kind));
        Assert.Equal([(0, 20_000)], flight.Source.Opened);
        await flight.SettleAsync();
    }

    [Fact]
    public async Task Answer_ThatIsThereAlready_IsReadByAllWithoutAnother()
    {
        await using var flight = new FlightFixture(slices: 5);
        var hold = flight.Flights.Begin(flight.Target, flight.Source.Body());
        Assert.NotNull(hold);
        var readers = Enumerable.Range(0, 10).Select(_ => flight.ReadAllAsync()).ToArray();
        await hold.DisposeAsync();
        await Task.WhenAll(readers);
        Assert.Empty(flight.Source.Opened);
        await flight.SettleAsync();
        Assert.True(flight.IsStored(4));
    }

    [Fact]
    public async Task Reader_WithinEightSlicesOfAStream_JoinsIt()
    {
        await using var flight = new FlightFixture(slices: 20);
        flight.Source.ReleaseTo(500);
        var first = flight.ReadAllAsync();
        await Wait.UntilAsync(() => flight.Source.Delivered == 500);
        var second = flight.ReadAllAsync(offset: 8000, end: 9000);
        await Wait.UntilAsync(() => flight.Counters.Joined > 1);
        flight.Source.ReleaseTo(long.MaxValue);
        await Task.WhenAll(first, second);
        Assert.Single(flight.Source.Opened);
    }

    [Fact]
    public async Task Reader_FarAheadOfAStream_OpensTheGap()
    {
        await using var flight = new FlightFixture(slices: 20);
        flight.Source.ReleaseTo(500);
        var first = flight.ReadAllAsync();
        await Wait.UntilAsync(() => flight.Source.Delivered == 500);
        var second = flight.ReadAllAsync(offset: 12_345, end: 13_100);
        await Wait.UntilAsync(() => flight.Source.Opened.Count == 2);
        flight.Source.ReleaseTo(long.MaxValue);
        await Task.WhenAll(first, second);
        Assert.Equal((12_000, 14_000), flight.Source.Opened.Last());
    }

    [Fact]
    public async Task Stream_AheadOfItsFastestReader_Pauses()
    {
        await using var flight = new FlightFixture(slices: 60);
        await using var reader = flight.Join();
        await flight.ReadAsync(reader, until: 1);
        await Wait.UntilAsync(() => flight.IsStored(FetchLimits.Ahead));
        Assert.Equal((FetchLimits.Ahead + 1) * FlightFixture.SliceSize, flight.Source.Delivered);
        await flight.ReadAsync(reader, until: 2001);
        await Wait.UntilAsync(() => flight.IsStored(FetchLimits.Ahead + 2));
        Assert.Equal(BodyPieceKind.End, await flight.ReadAsync(reader));
        Assert.Single(flight.Source.Opened);
    }

    [Fact]
    public async Task Stream_ThatPausesForASlowReader_GoesOnForOneThatJoinsWhereItIs()
    {
        await using var flight = new FlightFixture(slices: 60);
        await using var slow = flight.Join();
        await flight.ReadAsync(slow, until: 1);
        await Wait.UntilAsync(() => flight.IsStored(FetchLimits.Ahead) && flight.Counters.Filling == 0);
        await using var fast = flight.Join((FetchLimits.Ahead + 1) * FlightFixture.SliceSize);
        var reading = flight.ReadAsync(fast);
        await Wait.UntilAsync(() => reading.IsCompleted);
        Assert.Equal(BodyPieceKind.End, await reading);
        Assert.Single(flight.Source.Opened);
    }

    [Fact]
    public async Task LastReader_ThatLeaves_EndsTheStream()
    {
        await using var flight = new FlightFixture(slices: 60);
        flight.Source.ReleaseTo(2500);
        var one = flight.Join();
        var other = flight.Join();
        await flight.ReadAsync(one, until: 2500);
        await flight.ReadAsync(other, until: 1200);
        await one.DisposeAsync();
        Assert.Equal(0, flight.Source.Closed);
        await other.DisposeAsync();
        await flight.SettleAsync();
        Assert.Equal(1, flight.Source.Closed);
        Assert.Equal(2500, flight.Source.Delivered);
    }

    [Fact]
    public async Task LastReader_ThatLeavesNearTheEnd_LetsTheStreamFinish()
    {
        await using var flight = new FlightFixture(slices: 3);
        flight.Source.ReleaseTo(2500);
        var reader = flight.Join();
        await flight.ReadAsync(reader, until: 2500);
        await reader.DisposeAsync();
        flight.Source.ReleaseTo(long.MaxValue);
        await flight.SettleAsync();
        Assert.True(flight.IsStored(2));
    }

    [Fact]
    public async Task Slice_EvictedAfterAll_IsFetchedAlone()
    {
        await using var flight = new FlightFixture(slices: 10);
        await flight.ReadAllAsync();
        await flight.SettleAsync();
        await flight.RemoveAsync(4);
        Assert.Equal(BodyPieceKind.End, await flight.ReadAllAsync());
        await flight.SettleAsync();
        Assert.Equal((4000, 5000), flight.Source.Opened.Last());
        Assert.Equal(2, flight.Source.Opened.Count);
    }

    [Fact]
    public async Task Ranges_OfAWholeInTheStore_AskNobody()
    {
        await using var flight = new FlightFixture(slices: 10);
        await flight.ReadAllAsync();
        await flight.SettleAsync();
        await flight.ReadAllAsync(offset: 1234, end: 8765);
        Assert.Single(flight.Source.Opened);
    }

    [Fact]
    public async Task Wholes_OfRangesInTheStore_FetchTheGapsOnly()
    {
        await using var flight = new FlightFixture(slices: 10);
        await flight.ReadAllAsync(offset: 2000, end: 4000);
        await flight.ReadAllAsync(offset: 7000, end: 8000);
        await flight.SettleAsync();
        await flight.ReadAllAsync();
        Assert.Equal([(2000, 4000), (7000, 8000), (0, 2000), (4000, 7000), (8000, 10_000)], flight.Source.Opened);
    }

    [Fact]
    public async Task Origin_FailingInASlice_IsAskedForTheRest()
    {
        await using var flight = new FlightFixture(slices: 10);
        flight.Source.BreaksAt = static number => number < 3 ? 3456 : null;
        Assert.Equal(BodyPieceKind.End, await flight.ReadAllAsync());
        Assert.Equal([(0, 10_000), (3000, 10_000), (3000, 10_000)], flight.Source.Opened);
        await flight.SettleAsync();
    }

    [Fact]
    public async Task Origin_FailingAgainAndAgain_BreaksTheAnswerOff()
    {
        await using var flight = new FlightFixture(slices: 10);
        flight.Source.OpenFault = static _ => FlightFixture.Fault(OriginFaultKind.Unreachable);
        Assert.Equal(BodyPieceKind.Broken, await flight.ReadAllAsync());
        Assert.Equal(FetchLimits.Attempts, flight.Source.Opened.Count);
        await flight.SettleAsync();
    }

    [Fact]
    public async Task Object_ThatChangesInTheMiddle_BreaksAllOff()
    {
        await using var flight = new FlightFixture(slices: 10);
        flight.Source.BreaksAt = static _ => 3456;
        flight.Source.OpenFault = static number =>
            number > 1 ? FlightFixture.Fault(OriginFaultKind.Changed) : null;
        var readers = Enumerable.Range(0, 5).Select(_ => flight.ReadAllAsync()).ToArray();
        Assert.All(await Task.WhenAll(readers), kind => Assert.Equal(BodyPieceKind.Broken, kind));
        Assert.Equal(BodyNewsKind.Changed, Assert.Single(flight.News).Kind);
        await flight.SettleAsync();
    }
}
