using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>What only the bytes tell becomes part of the entry, or the entry does not come to be.</summary>
public sealed class StoreAtEndTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task Put_ThatAsksAtTheEnd_KeepsTheAnswer(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bytes = StoreFixture.Content(1, size);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var body = PipeReader.Create(new HashedStream(bytes, hash));
        var asked = 0;

        var put = await fixture.Store.PutAsync(StoreFixture.Id("a"), body, Options(said =>
        {
            asked++;
            var etag = Convert.ToHexStringLower(hash.GetHashAndReset());
            return said with { Properties = [new("etag", etag)] };
        }), default);

        Assert.Equal((PutOutcome.Stored, 1), (put.Value, asked));
        var info = (await fixture.Store.StatAsync(StoreFixture.Id("a"), default)).Value!;
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(bytes)), info.Metadata.Find("etag"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task Put_WhoseEndIsRefused_LeavesNothing(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var refusal = CacheError.Client(CacheErrorKind.DigestMismatch, "another MD5");

        var put = await PutAsync(fixture, size, _ => refusal);

        Assert.Same(refusal, put.Error);
        AssertNothingIsLeft(fixture);
    }

    [Fact]
    public async Task Put_WhoseAnswerDoesNotFit_IsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var tooMuch = await PutAsync(fixture, 300_000, said => said with
        {
            Properties = [new("x", new string('x', EntryRecord.MaxProperties))],
        });
        var nameless = await PutAsync(fixture, 300_000, said => said with { Key = "", Listing = "all" });

        Assert.Equal(CacheErrorKind.InvalidRequest, tooMuch.Error!.Kind);
        Assert.Equal(CacheErrorKind.InvalidRequest, nameless.Error!.Kind);
        AssertNothingIsLeft(fixture);
    }

    [Fact]
    public async Task Put_WhoseAskingThrows_LeavesNothing()
    {
        await using var fixture = await StoreFixture.OpenAsync();

        await Assert.ThrowsAsync<FormatException>(
            async () => await PutAsync(fixture, 300_000, _ => throw new FormatException("a bug")));

        AssertNothingIsLeft(fixture);
    }

    [Fact]
    public async Task Put_OfABodyThatIsNotTheAnnounced_DoesNotAsk()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var options = Options(_ => throw new InvalidOperationException("asked")) with { ExpectedSize = 5 };

        var put = await fixture.PutAsync("a", [1, 2, 3], options);

        Assert.Equal(CacheErrorKind.Incomplete, put.Error!.Kind);
        Assert.DoesNotContain("asked", put.Error.Cause?.Message ?? "", StringComparison.Ordinal);
    }

    private static ValueTask<CacheResult<PutOutcome>> PutAsync(
        StoreFixture fixture, int size, Func<ArtifactMetadata, CacheResult<ArtifactMetadata>> atEnd) =>
        fixture.PutAsync("a", StoreFixture.Content(1, size), Options(atEnd));

    private static PutOptions Options(Func<ArtifactMetadata, CacheResult<ArtifactMetadata>> atEnd) =>
        StoreFixture.PutOptionsFor("a") with { AtEnd = atEnd };

    private static void AssertNothingIsLeft(StoreFixture fixture)
    {
        Assert.Equal((0, 0), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.StoredBytes));
        Assert.Empty(Directory.GetFiles(Path.Combine(fixture.Folder, "tmp")));
        Assert.Empty(fixture.BlobFiles());
    }

    /// <summary>A body whose hash grows as it is read.</summary>
    private sealed class HashedStream(byte[] bytes, IncrementalHash hash) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span);
            hash.AppendData(buffer.Span[..read]);
            return ValueTask.FromResult(read);
        }
    }
}
