using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>Lists that take their time, and what a closed store answers.</summary>
public sealed class StoreListingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(StoreLister.PageLength)]
    [InlineData(StoreLister.PageLength + 1)]
    [InlineData((3 * StoreLister.PageLength) - 1)]
    public async Task List_OfAnyNumber_HasEachEntryOnceInOrder(int count)
    {
        await using var fixture = await OpenWithAsync(count);

        var listed = await ListAsync(fixture.Store, null);

        Assert.Equal(Enumerable.Range(0, count).Select(i => StoreFixture.Id($"k{i}")).Order(), listed);
        if (count > 1)
        {
            Assert.Equal(listed[(count / 2)..], await ListAsync(fixture.Store, listed[(count / 2) - 1]));
        }
    }

    [Fact]
    public async Task List_BehindAnIdThatIsNotThere_BeginsWithTheNext()
    {
        await using var fixture = await OpenWithAsync(10);
        var all = await ListAsync(fixture.Store, null);
        await fixture.Store.DeleteAsync(all[4], default);

        Assert.Equal(all[5..], await ListAsync(fixture.Store, all[4]));
    }

    [Fact]
    public async Task List_ThatNobodyReadsOn_DoesNotHoldTheStoreOpen()
    {
        await using var fixture = await OpenWithAsync(StoreLister.PageLength + 1);
        await using var list = fixture.Store.ListAsync(null, default).GetAsyncEnumerator();
        Assert.True(await list.MoveNextAsync());

        // If it held the index, this would wait for half a minute and leave it open: opening it again would fail.
        await fixture.ReopenAsync();

        Assert.Equal(StoreLister.PageLength + 1, (await ListAsync(fixture.Store, null)).Count);
        var rest = 0;
        while (await list.MoveNextAsync())
        {
            rest++;
        }

        Assert.Equal(StoreLister.PageLength - 1, rest);
    }

    [Fact]
    public async Task Operation_AfterDispose_IsShuttingDown()
    {
        await using var fixture = await OpenWithAsync(1);
        var (store, id) = (fixture.Store, StoreFixture.Id("k0"));
        await store.DisposeAsync();

        var body = PipeReader.Create(new ReadOnlySequence<byte>(new byte[10]));
        CacheError?[] errors =
        [
            (await store.GetAsync(id, default)).Error,
            (await store.StatAsync(id, default)).Error,
            (await store.ContainsAsync(new[] { id }, new bool[1], default)).Error,
            (await store.PutAsync(id, body, StoreFixture.PutOptionsFor("k0"), default)).Error,
            (await store.DeleteAsync(id, default)).Error,
            (await store.EvictAsync(0, default)).Error,
            (await store.ClearAsync(default)).Error,
        ];

        Assert.All(errors, error => Assert.Equal(CacheErrorKind.ShuttingDown, error?.Kind));
        Assert.Empty(await ListAsync(store, null));
        Assert.Equal(0, (await store.VerifyAsync(null, default)).Entries);
        store.Reconfigure(fixture.Options with { MaxSize = 0 });
        await store.DisposeAsync();
    }

    private static async Task<StoreFixture> OpenWithAsync(int count)
    {
        var fixture = await StoreFixture.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => fixture.PutAsync($"k{i}", [1]).AsTask()));
        return fixture;
    }

    private static async Task<List<ArtifactId>> ListAsync(LocalStore store, ArtifactId? after)
    {
        var ids = new List<ArtifactId>();
        await foreach (var info in store.ListAsync(after, default))
        {
            ids.Add(info.Id);
        }

        return ids;
    }
}
