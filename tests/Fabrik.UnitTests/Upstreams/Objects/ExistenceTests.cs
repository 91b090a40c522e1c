using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Upstreams.Objects;
using Xunit;
using static Fabrik.UnitTests.Upstreams.Objects.ObjectFixture;

namespace Fabrik.UnitTests.Upstreams.Objects;

/// <summary>A batch never leads to one question for each artifact.</summary>
public sealed class ExistenceTests
{
    private static readonly string[] Thousand = [.. Enumerable.Range(0, 1000).Select(i => $"artifact {i}")];

    private static readonly ObjectTierOptions SmallPages = new()
    {
        Prefix = "p/",
        Existence = new ExistenceOptions { ListPages = 3, PagePause = TimeSpan.Zero },
    };

    [Fact]
    public async Task Contains_OfWhatIsKnown_AsksNobody()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("put", Bytes(1));
        Assert.Null(await objects.GetAsync("missed"));
        objects.Store.Requests.Clear();
        Assert.Equal([true, false], await objects.ContainsAsync("put", "missed"));
        Assert.Empty(objects.Store.Requests);
    }

    [Fact]
    public async Task Contains_OfAFewUnknown_AsksForEachOnce()
    {
        await using var objects = new ObjectFixture();
        objects.Store.Objects[KeyOf("a")] = [];
        Assert.Equal([true, false], await objects.ContainsAsync("a", "b"));
        Assert.Equal([true, false], await objects.ContainsAsync("a", "b"));
        Assert.Equal(2, objects.Store.Count("head"));
        Assert.Equal(0, objects.Store.Count("list"));
    }

    [Fact]
    public async Task Contains_OfALargeBatch_AsksForSomeAndListsTheRest()
    {
        await using var objects = new ObjectFixture();
        foreach (var name in Thousand)
        {
            objects.Store.Objects[KeyOf(name)] = [];
        }

        Assert.Equal(64, (await objects.ContainsAsync(Thousand)).Count(found => found));
        Assert.Equal(64, objects.Store.Count("head"));
        Assert.InRange(objects.Store.MostAsked, 1, 16);
        await objects.Tier.Listing;
        objects.Store.Objects.Clear();
        Assert.All(await objects.ContainsAsync(Thousand), Assert.True);
        Assert.Equal(64, objects.Store.Count("head"));
    }

    [Fact]
    public async Task Contains_AfterAListing_TakesTheUnknownForAbsentUntilItIsOld()
    {
        await using var objects = new ObjectFixture();
        await objects.ContainsAsync(Thousand);
        await objects.Tier.Listing;
        objects.Store.Requests.Clear();
        Assert.Equal([false], await objects.ContainsAsync("another"));
        Assert.Empty(objects.Store.Requests);
        objects.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([false], await objects.ContainsAsync("another"));
        Assert.Equal(1, objects.Store.Count("head"));
    }

    [Fact]
    public async Task Listing_WhileOneRuns_IsNotStartedAgain()
    {
        var gate = new TaskCompletionSource();
        await using var objects = new ObjectFixture();
        await objects.ContainsAsync(Thousand);
        await objects.Tier.Listing;
        objects.Clock.Advance(TimeSpan.FromMinutes(6));
        objects.Store.Requests.Clear();
        objects.Store.Gate = gate.Task;
        var batches = Enumerable.Range(0, 5).Select(_ => objects.ContainsAsync(Thousand)).ToList();
        gate.SetResult();
        await Task.WhenAll(batches);
        await objects.Tier.Listing;
        Assert.Equal(1, objects.Store.Count("list"));
    }

    [Fact]
    public async Task Listing_OfManyPages_GoesOnNextTime()
    {
        await using var objects = new ObjectFixture(new MemoryObjectStore { PageSize = 200 }, SmallPages);
        foreach (var name in Thousand)
        {
            objects.Store.Objects[KeyOf(name)] = [];
        }

        await objects.ContainsAsync(Thousand);
        await objects.Tier.Listing;
        Assert.Equal(3, objects.Store.Count("list"));
        objects.Clock.Advance(TimeSpan.FromMinutes(5));
        await objects.ContainsAsync(Thousand);
        await objects.Tier.Listing;
        Assert.Equal(5, objects.Store.Count("list"));
        objects.Store.Objects.Clear();
        Assert.All(await objects.ContainsAsync(Thousand), Assert.True);
    }

    [Fact]
    public async Task Listing_ThatFails_IsTriedAgainLaterAndHarmsNothing()
    {
        await using var objects = new ObjectFixture();
        var gate = new TaskCompletionSource();
        objects.Store.Gate = gate.Task;
        var batch = objects.ContainsAsync(Thousand);
        objects.Clock.Advance(TimeSpan.FromSeconds(31));
        gate.SetResult();
        await batch;
        await objects.Tier.Listing;
        objects.Clock.Advance(TimeSpan.FromMinutes(5));
        await objects.ContainsAsync(Thousand);
        await objects.Tier.Listing;
        Assert.Equal(2, objects.Store.Count("list"));
    }

    [Fact]
    public async Task Contains_WhereTheStoreDoesNotList_StillAsksForAFew()
    {
        await using var objects = new ObjectFixture(
            new MemoryObjectStore { Traits = new ObjectStoreTraits(false, true, true) });
        await objects.ContainsAsync(Thousand);
        await objects.ContainsAsync(Thousand);
        Assert.Equal(128, objects.Store.Count("head"));
        Assert.Equal(0, objects.Store.Count("list"));
    }

    [Fact]
    public async Task Knowledge_OfAnObject_AgesAway()
    {
        await using var objects = new ObjectFixture();
        await objects.PutAsync("a", Bytes(1));
        objects.Clock.Advance(TimeSpan.FromMinutes(59));
        await objects.ContainsAsync("a");
        Assert.Equal(0, objects.Store.Count("head"));
        objects.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([true], await objects.ContainsAsync("a"));
        Assert.Equal(1, objects.Store.Count("head"));
    }

    [Fact]
    public void Index_ThatIsFull_ForgetsWhatWouldBeForgottenSoonest()
    {
        var clock = new Testing.TestClock();
        var index = new ExistenceIndex(4096, clock);
        for (var i = 0; i < 100_000; i++)
        {
            index.Learn(1, Id($"{i}"), Existence.Absent, TimeSpan.FromMinutes(1));
        }

        index.Learn(1, Id("kept"), Existence.Present, TimeSpan.FromHours(1));
        for (var i = 0; i < 100_000; i++)
        {
            index.Learn(1, Id($"{i}"), Existence.Absent, TimeSpan.FromMinutes(1));
        }

        Assert.Equal(Existence.Present, index.Find(1, Id("kept")));
        var known = Enumerable.Range(0, 100_000).Count(i => index.Find(1, Id($"{i}")) == Existence.Absent);
        Assert.InRange(known, 3000, 4096);
    }

    [Fact]
    public async Task Tenants_WithPlacesOfTheirOwn_AreToldApart()
    {
        var options = new ObjectTierOptions { Prefix = "t/{customer_id}/", MaxTenants = 2 };
        await using var objects = new ObjectFixture(options: options);
        foreach (var tenant in (string[])["a", "b", "c", ""])
        {
            var body = System.IO.Pipelines.PipeReader.Create(new MemoryStream(Bytes(5)));
            await objects.Tier.For(tenant).PutAsync(Id("x"), body, For(Bytes(5)), CancellationToken.None);
        }

        Assert.Equal(
            [KeyOf("x", "t/a/"), KeyOf("x", "t/b/"), KeyOf("x", "t/c/"), KeyOf("x", "t/default/")],
            objects.Store.Objects.Keys,
            StringComparer.Ordinal);
        Assert.Same(objects.Tier.For("a"), objects.Tier.For("a"));
        Assert.NotSame(objects.Tier.For("a"), objects.Tier.For("b"));
        Assert.Same(objects.Tier, objects.Tier.For(""));
        var found = new bool[1];
        ArtifactId[] ids = [Id("x")];
        await objects.Tier.For("d").ContainsAsync(ids, found, CancellationToken.None);
        Assert.False(found[0]);
    }

    [Fact]
    public async Task Tenants_WithOnePlaceForAll_ShareTheTier()
    {
        await using var objects = new ObjectFixture();
        ICacheTier tier = objects.Tier;
        Assert.Same(tier, tier.For("a"));
    }
}
