using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Another Fabrik's plain HTTP door as an upstream.</summary>
public sealed class FabrikDoorTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private HttpObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _store = Open("rw");
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    public async Task Object_ComesBackAsItWent(int length)
    {
        var expected = StoreProbe.Bytes(length);
        Assert.False(await _store.ExistsAsync(StoreProbe.Key));

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected));

        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        Assert.Equal(expected, await _store.ReadAsync(StoreProbe.Key));
        Assert.Equal(expected[(length / 2)..], await _store.ReadAsync(StoreProbe.Key, length / 2));
        Assert.Empty((await _store.ReadAsync(StoreProbe.Key, length))!);
    }

    [Fact]
    public async Task Object_ThatIsThere_StaysWhenOnlyCreationIsAllowed()
    {
        var expected = StoreProbe.Bytes(100);
        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected, ifAbsent: true));

        StoreProbe.Is(false, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(200_000), ifAbsent: true));

        Assert.Equal(expected, await _store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Delete_TakesTheObjectAway()
    {
        await using var store = Open("all");
        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));

        StoreProbe.IsTrue(await store.DeleteAsync(StoreProbe.Key, CancellationToken.None));
        StoreProbe.Is(false, await store.DeleteAsync(StoreProbe.Key, CancellationToken.None));

        Assert.Null(await store.ReadAsync(StoreProbe.Key));
    }

    [Theory]
    [InlineData("ro")]
    [InlineData("unknown")]
    public async Task Token_WithoutTheRight_IsDenied(string token)
    {
        _server.Authenticator.Open = false;
        await using var store = Open(token);

        StoreProbe.Fails(CacheErrorKind.Denied, await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, CacheErrorKind.StorageFull)]
    [InlineData(CacheErrorKind.Overloaded, CacheErrorKind.Overloaded)]
    [InlineData(CacheErrorKind.Timeout, CacheErrorKind.Overloaded)]
    public async Task Fault_BehindTheDoor_IsAnError(CacheErrorKind fault, CacheErrorKind expected)
    {
        _server.Tier.Fault.SetAll(fault);

        StoreProbe.Fails(expected, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100)));
    }

    [Fact]
    public async Task Artifact_ThroughTheObjectTier_ComesBack()
    {
        await using var store = Open("rw");
        using var metrics = new ObjectMetrics();
        await using var tier = new ObjectTier(store, new ObjectTierOptions(), metrics, _server.Clock);
        var id = new ArtifactKey("", "", "test", "key").ToId();
        var bytes = StoreProbe.Bytes(200_000);
        var options = new PutOptions
        {
            Metadata = new ArtifactMetadata { Tool = "test", Key = "key" },
            ExpectedSize = bytes.Length,
            ExpectedDigest = new ContentDigest(SHA256.HashData(bytes)),
        };
        using var body = new MemoryStream(bytes);

        var put = await tier.PutAsync(id, PipeReader.Create(body), options, CancellationToken.None);
        Assert.Equal(PutOutcome.Stored, put.Value);

        var got = await tier.GetAsync(id, CancellationToken.None);
        await using var artifact = got.Value!;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var copied = await artifact.CopyToAsync(pipe.Writer, 0, bytes.Length, CancellationToken.None);
        Assert.Null(copied.Error);
        await pipe.Writer.CompleteAsync();
        using var read = new MemoryStream();
        await pipe.Reader.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
    }

    private HttpObjectStore Open(string token)
    {
        var credential = HttpCredential.Bearer(token);
        return new HttpObjectStore(new HttpStoreOptions
        {
            BaseUrl = new Uri(_server.Client.BaseAddress!, "/http/upstream/"),
            Credential = _ => ValueTask.FromResult<HttpCredential?>(credential),
            Time = _server.Clock,
        });
    }
}
