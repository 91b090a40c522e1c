using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Upstreams.Objects;
using Fabrik.Upstreams.S3;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>What the tier promises over any server that speaks S3; each server is a class of its own.</summary>
public abstract class S3Conformance
{
    private const int Part = S3Options.MinPartSize;

    /// <summary>A bucket of the server, with a prefix that nobody else uses.</summary>
    protected abstract S3Options Options { get; }

    /// <summary>Whether the server knows conditional writes.</summary>
    protected abstract bool HasConditions { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(Part - 1000)]
    [InlineData(Part)]
    [InlineData((2 * Part) + 12_345)]
    public async Task Get_OfWhatWasPut_IsTheSame(int length)
    {
        await using var s3 = new S3Tier(Options);
        var bytes = S3Tier.Bytes(length);
        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync("a", bytes)).Value);
        Assert.Equal(bytes, (await s3.GetAsync("a")).Value);
    }

    [Fact]
    public async Task Get_OfAPart_IsThatPart()
    {
        await using var s3 = new S3Tier(Options);
        var bytes = S3Tier.Bytes(300_000);
        await s3.PutAsync("a", bytes);
        Assert.Equal(bytes[200_000..], (await s3.GetAsync("a", 200_000)).Value);
        Assert.Equal(bytes[1..10], (await s3.GetAsync("a", 1, 9)).Value);
        Assert.Equal(bytes[299_999..], (await s3.GetAsync("a", 299_999)).Value);
    }

    [Fact]
    public async Task Stat_OfWhatWasPut_IsWhatTheWriterSaid()
    {
        await using var s3 = new S3Tier(Options);
        await s3.PutAsync("a", S3Tier.Bytes(5000));
        var info = (await s3.Tier.StatAsync(S3Tier.Id("a"), CancellationToken.None)).Value;
        Assert.Equal((5000, "gradle", "a"), (info?.Size, info?.Metadata.Tool, info?.Metadata.Key));
    }

    [Fact]
    public async Task Miss_OfWhatIsNotThere_IsAValue()
    {
        await using var s3 = new S3Tier(Options);
        Assert.Null((await s3.GetAsync("none")).Value);
        Assert.Null((await s3.Tier.StatAsync(S3Tier.Id("none"), CancellationToken.None)).Value);
        Assert.False((await s3.ContainsAsync("never")).Value);
        Assert.Null((await s3.Tier.DeleteAsync(S3Tier.Id("none"), CancellationToken.None)).Error);
    }

    [Fact]
    public async Task Delete_OfAnEntry_RemovesIt()
    {
        await using var s3 = new S3Tier(Options);
        await s3.PutAsync("a", S3Tier.Bytes(10));
        Assert.Null((await s3.Tier.DeleteAsync(S3Tier.Id("a"), CancellationToken.None)).Error);
        Assert.Null((await s3.GetAsync("a")).Value);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Part + 10)]
    public async Task Put_BySomebodyElseBefore_IsKept(int length)
    {
        Assert.SkipUnless(HasConditions, "this server knows no conditional writes: the last writer wins");
        var options = Options;
        await using var first = new S3Tier(options);
        await using var second = new S3Tier(options);
        var bytes = S3Tier.Bytes(length);
        await first.PutAsync("a", bytes);
        Assert.Equal(PutOutcome.Identical, (await second.PutAsync("a", bytes)).Value);
        await using var third = new S3Tier(options);
        Assert.Equal(PutOutcome.Kept, (await third.PutAsync("a", S3Tier.Bytes(length, seed: 2))).Value);
        Assert.Equal(bytes, (await third.GetAsync("a")).Value);
    }

    [Fact]
    public async Task Put_WithOverwrite_Replaces()
    {
        await using var s3 = new S3Tier(Options);
        await s3.PutAsync("a", S3Tier.Bytes(10));
        var other = S3Tier.Bytes(20, seed: 2);
        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync("a", other, overwrite: true)).Value);
        Assert.Equal(other, (await s3.GetAsync("a")).Value);
    }

    [Fact]
    public async Task List_OfManyKeys_GivesThemInOrderPageByPage()
    {
        var options = Options;
        await using var s3 = new S3Tier(options);
        await using var store = new S3ObjectStore(options, TimeProvider.System);
        var names = Enumerable.Range(0, 1100).Select(i => $"{i}").ToList();
        await Parallel.ForEachAsync(names, async (name, _) => Assert.Null((await s3.PutAsync(name, [])).Error));
        var keys = new List<string>();
        var pages = 0;
        ObjectPage page;
        do
        {
            page = (await store.ListAsync(options.Prefix, keys.LastOrDefault(), CancellationToken.None)).Value;
            keys.AddRange(page.Keys);
            pages++;
        }
        while (!page.IsLast);
        Assert.Equal(2, pages);
        var expected = names.Select(name => ObjectKeys.Of(options.Prefix, S3Tier.Id(name)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Tenants_OfAnyName_HavePlacesOfTheirOwn()
    {
        var options = Options;
        await using var s3 = new S3Tier(options with { Prefix = options.Prefix + "{customer_id}/" });
        string[] tenants = ["", "acme", "a/b", "../x", "a%2Fb", "é ü", new('t', 300)];
        ArtifactId[] ids = [S3Tier.Id("a")];
        foreach (var tenant in tenants)
        {
            var found = new bool[1];
            var view = s3.Tier.For(tenant);
            await view.ContainsAsync(ids, found, CancellationToken.None);
            Assert.False(found[0]);
            var body = System.IO.Pipelines.PipeReader.Create(new MemoryStream([]));
            var put = await view.PutAsync(ids[0], body, Empty, CancellationToken.None);
            Assert.Equal(PutOutcome.Stored, put.Value);
            Assert.NotNull((await view.StatAsync(ids[0], CancellationToken.None)).Value);
        }

        await using var store = new S3ObjectStore(options, TimeProvider.System);
        var page = (await store.ListAsync(options.Prefix, null, CancellationToken.None)).Value;
        Assert.Equal(
            tenants.Select(tenant => ObjectKeys.Of(
                ObjectKeys.Expand(options.Prefix + "{customer_id}/", tenant), ids[0])).Order(StringComparer.Ordinal),
            page.Keys,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Credentials_ThatAreWrong_AreDenied()
    {
        await using var s3 = new S3Tier(Options with { AccessKey = "nobody", SecretKey = "another" });
        var got = await s3.GetAsync("a");
        Assert.Equal(CacheErrorKind.Denied, got.Error?.Kind);
        Assert.Equal(CacheErrorKind.Denied, (await s3.PutAsync("a", S3Tier.Bytes(10))).Error?.Kind);
        Assert.DoesNotContain("another", got.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_ThatDoesNotExist_IsNamed()
    {
        await using var s3 = new S3Tier(Options with { Bucket = "not-there" });
        var got = await s3.GetAsync("a");
        Assert.Equal((CacheErrorKind.Unavailable, CacheErrorSource.Internal), (got.Error?.Kind, got.Error?.Source));
        Assert.Contains("s3://not-there does not exist", got.Error?.Message, StringComparison.Ordinal);
    }

    private static PutOptions Empty => new()
    {
        Metadata = new ArtifactMetadata { Tool = "gradle" },
        ExpectedSize = 0,
        ExpectedDigest = new ContentDigest(System.Security.Cryptography.SHA256.HashData([])),
    };
}
