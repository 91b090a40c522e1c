using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Listings are the local tier's: what is written here is listed, what is fetched is not.</summary>
public sealed class LayeredListedTests
{
    private static readonly ArtifactMetadata Listed = new() { Tool = "test", Key = "a", Listing = "all" };

    [Fact]
    public async Task Put_OfAListedEntry_IsListedWithWhatTheEndTold()
    {
        await using LayerFixture layers = new();
        var options = new PutOptions
        {
            Metadata = Listed,
            AtEnd = said => said with { Properties = [new("etag", "x")] },
        };

        await layers.PutAsync("a", [1, 2, 3], options);

        var page = (await layers.Local.ListAsync(new ListingQuery("all"), default)).Value;
        Assert.Equal("x", Assert.Single(page.Entries).Metadata.Find("etag"));
    }

    [Fact]
    public async Task Get_FromAnUpstreamThatSaysItIsListed_DoesNotListIt()
    {
        MemoryTier local = new();
        MemoryTier upstream = new();
        upstream.Set(LayerFixture.Id("a"), [1, 2, 3], Listed);
        await using LayeredCache cache = new(
            new LayerParts
            {
                Local = local,
                Upstreams = [new Upstream(upstream, new UpstreamOptions { Name = "up" })],
                Options = new LayerOptions(),
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);

        await using (var artifact = (await cache.GetAsync(LayerFixture.Id("a"), default)).Value)
        {
            Assert.Null((await LayerFixture.ReadAsync(artifact!)).Error);
        }

        await (cache.Reads.Flights.Find(LayerFixture.Id("a"))?.Ended ?? Task.CompletedTask);
        Assert.Equal("a", local.Find(LayerFixture.Id("a"))!.Info.Metadata.Key);
        Assert.Empty((await local.ListAsync(new ListingQuery("all"), default)).Value.Entries);
    }
}
