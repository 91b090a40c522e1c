using System.Buffers.Binary;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>Writes and deletions that depend on what is there: of those that race, one wins.</summary>
public sealed class StoreExpectationTests
{
    private const int Writers = 32;

    [Theory]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task Put_OfManyThatExpectNothing_IsOneThatWins(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        Crowd crowd = new(Writers);

        var puts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await crowd.MeetAsync();
            return await PutAsync(fixture, StoreFixture.Content(writer, size), static current => current is null);
        })));

        var winner = Assert.Single(Enumerable.Range(0, Writers), writer => puts[writer].Error is null);
        Assert.Equal(StoreFixture.Content(winner, size), await fixture.GetAsync("a"));
        Assert.Equal(Writers - 1, puts.Count(static put => put.Error?.Kind == CacheErrorKind.Conflict));
        Assert.Empty(Directory.GetFiles(Path.Combine(fixture.Folder, "tmp")));
        Assert.Equal(1, fixture.Store.Statistics.Blobs);
    }

    [Fact]
    public async Task Put_OfManyThatCountOneUp_LosesNoCount()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", Number(0));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            // Each round somebody wins: nobody needs more than there are writers.
            for (var round = 0; round < Writers; round++)
            {
                var value = BinaryPrimitives.ReadInt32LittleEndian(await fixture.GetAsync("a"));
                var put = await PutAsync(fixture, Number(value + 1), current => current?.Digest == DigestOf(value));
                if (put.Error is null)
                {
                    return;
                }
            }

            Assert.Fail("another writer won in every round");
        })));

        Assert.Equal(Number(Writers), await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Put_WhereTheEntryHasExpired_FindsNothing()
    {
        TestClock clock = new();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await fixture.PutAsync(
            "a", [1], StoreFixture.PutOptionsFor("a") with { TimeToLive = TimeSpan.FromMinutes(1) });
        Assert.Equal(CacheErrorKind.Conflict, (await PutAsync(fixture, [2], static it => it is null)).Error?.Kind);

        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(PutOutcome.Stored, (await PutAsync(fixture, [2], static it => it is null)).Value);
    }

    [Fact]
    public async Task Put_ThatExpectsAProperty_SeesTheOneThatIsKept()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1], StoreFixture.PutOptionsFor("a") with
        {
            AtEnd = static said => said with { Properties = [new("etag", "one")] },
        });

        Assert.NotNull((await PutAsync(fixture, [2], static it => it?.Metadata.Find("etag") == "two")).Error);
        Assert.Null((await PutAsync(fixture, [2], static it => it?.Metadata.Find("etag") == "one")).Error);
        Assert.Equal([2], await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Delete_OfSomethingElse_KeepsIt()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1]);
        var id = StoreFixture.Id("a");

        var other = await fixture.Store.DeleteIfAsync(id, static it => it?.Size == 2, default);
        Assert.Equal(CacheErrorKind.Conflict, other.Error?.Kind);
        Assert.Equal([1], await fixture.GetAsync("a"));

        Assert.True((await fixture.Store.DeleteIfAsync(id, static it => it?.Size == 1, default)).Value);
        Assert.False((await fixture.Store.DeleteIfAsync(id, static it => it is null, default)).Value);
        Assert.Equal(0, fixture.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Expectation_ThatThrows_ThrowsToItsWriterAlone()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        Func<ArtifactInfo?, bool> broken = static _ => throw new FormatException("a bug");

        await Assert.ThrowsAsync<FormatException>(async () => await PutAsync(
            fixture, StoreFixture.Content(1, 300_000), broken));
        await Assert.ThrowsAsync<FormatException>(
            async () => await fixture.Store.DeleteIfAsync(StoreFixture.Id("a"), broken, default));

        Assert.Empty(Directory.GetFiles(Path.Combine(fixture.Folder, "tmp")));
        Assert.Equal(PutOutcome.Stored, (await PutAsync(fixture, [1], static it => it is null)).Value);
    }

    private static ValueTask<CacheResult<PutOutcome>> PutAsync(
        StoreFixture fixture, byte[] bytes, Func<ArtifactInfo?, bool> expects) => fixture.PutAsync(
            "a", bytes, StoreFixture.PutOptionsFor("a") with { Overwrite = true, Expects = expects });

    private static byte[] Number(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static ContentDigest DigestOf(int value) =>
        new(System.Security.Cryptography.SHA256.HashData(Number(value)));
}
