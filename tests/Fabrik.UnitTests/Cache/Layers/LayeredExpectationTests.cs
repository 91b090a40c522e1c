using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>What writes and deletions expect: the local tier judges, beside what only an upstream has.</summary>
public sealed class LayeredExpectationTests
{
    private static readonly ArtifactId Id = LayerFixture.Id("a");

    [Fact]
    public async Task Put_OverWhatOnlyAnUpstreamHas_FindsThat()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(Id, [1, 2]);

        Assert.Equal(CacheErrorKind.Conflict, (await PutAsync(layers, static it => it is null)).Error?.Kind);
        Assert.Empty(layers.Uploads.Queued);
        Assert.Equal(PutOutcome.Stored, (await PutAsync(layers, static it => it?.Size == 2)).Value);
        Assert.Equal(UploadOperation.Replace, Assert.Single(layers.Uploads.Queued).Operation);

        // From now on the local tier has it.
        Assert.Equal(CacheErrorKind.Conflict, (await PutAsync(layers, static it => it?.Size == 2)).Error?.Kind);
    }

    [Fact]
    public async Task Put_AfterADeletion_FindsNothing()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(Id, [1, 2]);
        await layers.Cache.DeleteAsync(Id, default);

        Assert.Equal(CacheErrorKind.Conflict, (await PutAsync(layers, static it => it is not null)).Error?.Kind);
        Assert.Equal(PutOutcome.Stored, (await PutAsync(layers, static it => it is null)).Value);
    }

    [Fact]
    public async Task Put_WhileItIsDeleted_FindsNothing()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(Id, [1, 2]);
        layers.Local.BeforeCommit = async () => await layers.Cache.DeleteAsync(Id, default);

        Assert.Equal(CacheErrorKind.Conflict, (await PutAsync(layers, static it => it?.Size == 2)).Error?.Kind);
    }

    [Fact]
    public async Task Delete_OfWhatOnlyAnUpstreamHas_FindsThat()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(Id, [1, 2]);

        var other = await layers.Cache.DeleteIfAsync(Id, static it => it?.Size == 3, default);
        Assert.Equal(CacheErrorKind.Conflict, other.Error?.Kind);
        Assert.Equal([1, 2], await layers.GetAsync("a"));
        Assert.Null((await layers.Cache.DeleteIfAsync(Id, static it => it?.Size == 2, default)).Error);
        Assert.Equal(UploadOperation.Delete, Assert.Single(layers.Uploads.Queued).Operation);
        Assert.Null(await layers.GetAsync("a"));
    }

    [Fact]
    public async Task Delete_OfWhatWasDeleted_DoesNotBringItBack()
    {
        await using LayerFixture layers = new();
        layers.Near.Set(Id, [1, 2]);
        await layers.Cache.DeleteAsync(Id, default);

        var again = await layers.Cache.DeleteIfAsync(Id, static it => it is not null, default);

        Assert.Equal(CacheErrorKind.Conflict, again.Error?.Kind);
        Assert.Null(await layers.GetAsync("a"));
    }

    private static ValueTask<CacheResult<PutOutcome>> PutAsync(
        LayerFixture layers, Func<ArtifactInfo?, bool> expects) => layers.PutAsync(
            "a", [3], LayerFixture.PutOptions with { Overwrite = true, Expects = expects });
}
