using System.Net;
using Amazon.S3;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>BuildKit's cache of <c>type=s3</c>, by what it asks of its bucket.</summary>
public sealed class BuildKitCacheTests : IAsyncLifetime
{
    private const string Manifest = """{"layers":[{"layer":0,"parent":-1}],"records":[{"digest":"sha256:ab"}]}""";

    // An empty layer, a small one, one that is just one part, and one of three parts.
    private static readonly byte[][] Blobs =
        [.. new[] { 0, 1000, BuildKitCache.PartSize, 2 * BuildKitCache.PartSize + 1 }.Select(Bytes)];

    private S3Session _session = null!;

    public async ValueTask InitializeAsync() => _session = await S3Session.StartAsync();

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    [Fact]
    public async Task Import_OnAnotherMachine_IsWhatWasExported()
    {
        using var first = Cache();
        Assert.Null(await first.ImportAsync("buildkit"));
        await first.ExportAsync("buildkit", Manifest, Blobs, TimeSpan.FromHours(24));
        Assert.Equal(Blobs.Length, first.Sent);

        using var second = Cache(S3Session.ReadKey);
        Assert.Equal(Manifest, await second.ImportAsync("buildkit"));
        foreach (var blob in Blobs)
        {
            var digest = BuildKitCache.DigestOf(blob);
            Assert.Equal(blob, await second.ReadAsync(digest, 0));
            for (var offset = 1L; offset < blob.Length; offset = offset * 7 + 1)
            {
                Assert.Equal(blob.AsSpan((int)offset).ToArray(), await second.ReadAsync(digest, offset));
            }
        }
    }

    [Fact]
    public async Task Export_OfWhatIsThere_SendsTheManifestAlone()
    {
        using var cache = Cache();
        await cache.ExportAsync("main", Manifest, Blobs, TimeSpan.FromHours(24));
        await cache.ExportAsync("main", "{}", Blobs, TimeSpan.FromHours(24));
        Assert.Equal((Blobs.Length, 0), (cache.Sent, cache.Touched));
        Assert.Equal("{}", await cache.ImportAsync("main"));
    }

    [Fact]
    public async Task Blob_ThatIsTouched_IsYoungAgainAndTheSame()
    {
        using var cache = Cache();
        await cache.ExportAsync("main", Manifest, Blobs, TimeSpan.FromHours(24));
        var blob = Blobs[^1];
        var key = cache.BlobKey(BuildKitCache.DigestOf(blob));
        foreach (var touch in (Func<Task>[])
            [() => cache.TouchAsync(key), () => cache.TouchInPartsAsync(key, blob.Length)])
        {
            var before = await cache.AgeAsync(key);
            await Poll.UntilAsync(
                async () =>
                {
                    await touch();
                    return await cache.AgeAsync(key) > before;
                },
                () => "its age is what it was");
            Assert.Equal(blob, await cache.ReadAsync(BuildKitCache.DigestOf(blob), 0));
        }
    }

    [Fact]
    public async Task Export_WithAKeyThatMayOnlyRead_IsDenied()
    {
        using var cache = Cache(S3Session.ReadKey);
        var denial = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => cache.ExportAsync("main", Manifest, Blobs, TimeSpan.FromHours(24)));
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied"), (denial.StatusCode, denial.ErrorCode));
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private BuildKitCache Cache(string key = S3Session.Key) =>
        new(AwsSdk.ClientOf(_session.Address.Port, (key, S3Session.Secret)), "fabrik", "team/");
}
