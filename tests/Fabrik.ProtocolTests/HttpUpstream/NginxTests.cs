using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>nginx with dav as an upstream.</summary>
public sealed class NginxTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(70_000)]
    [InlineData(9_000_000)]
    public async Task Object_ComesBackAsItWent(int length)
    {
        using var nginx = await NginxServer.StartAsync();
        await using var store = Open(nginx.Url);
        var expected = StoreProbe.Bytes(length);
        Assert.Null(await store.ReadAsync(StoreProbe.Key));
        Assert.False(await store.ExistsAsync(StoreProbe.Key));

        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, expected));

        Assert.True(await store.ExistsAsync(StoreProbe.Key));
        Assert.Equal(expected, await store.ReadAsync(StoreProbe.Key));
        Assert.Equal(expected[(length / 2)..], await store.ReadAsync(StoreProbe.Key, length / 2));
        Assert.Empty((await store.ReadAsync(StoreProbe.Key, length))!);
        Assert.Equal(expected[..Math.Min(length, 5)], await store.ReadAsync(StoreProbe.Key, 0, 5));
        Assert.Equal(expected, await File.ReadAllBytesAsync(nginx.FileOf(StoreProbe.Key)));
    }

    [Fact]
    public async Task Delete_TakesTheObjectAway()
    {
        using var nginx = await NginxServer.StartAsync();
        await using var store = Open(nginx.Url);
        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));

        StoreProbe.IsTrue(await store.DeleteAsync(StoreProbe.Key, CancellationToken.None));
        StoreProbe.Is(false, await store.DeleteAsync(StoreProbe.Key, CancellationToken.None));

        Assert.False(File.Exists(nginx.FileOf(StoreProbe.Key)));
    }

    [Fact]
    public async Task Creation_IsReplacement()
    {
        // nginx does not look at If-None-Match of a PUT: this says so, and will tell when it does.
        using var nginx = await NginxServer.StartAsync();
        await using var store = Open(nginx.Url);
        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));

        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(20), ifAbsent: true));

        Assert.Equal(StoreProbe.Bytes(20), await store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Body_ThatBreaks_LeavesNoFile()
    {
        using var nginx = await NginxServer.StartAsync();
        await using var store = Open(nginx.Url);
        var body = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await body.Writer.WriteAsync(StoreProbe.Bytes(1 << 20));
        var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, body.Reader, 1 << 20);

        var putting = store.PutAsync(StoreProbe.Key, content, ifAbsent: false, CancellationToken.None).AsTask();
        await body.Writer.CompleteAsync(new InvalidDataException("damaged"));

        await Assert.ThrowsAsync<InvalidDataException>(() => putting);
        Assert.False(await store.ExistsAsync(StoreProbe.Key));
        Assert.False(File.Exists(nginx.FileOf(StoreProbe.Key)));
    }

    [Fact]
    public async Task Object_AboveTheLimit_IsTooLarge()
    {
        using var nginx = await NginxServer.StartAsync();
        await using var store = Open(nginx.Url);

        StoreProbe.Fails(CacheErrorKind.TooLarge, await store.PutAsync(StoreProbe.Key, new byte[17 << 20]));
    }

    [Fact]
    public async Task Server_ThatCreatesNoFolders_TakesTheFlatLayout()
    {
        using var nginx = await NginxServer.StartAsync(directives: "");
        await using var store = Open(nginx.Url);
        Assert.NotNull((await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10))).Error);

        await using var flat = new HttpObjectStore(
            new HttpStoreOptions { BaseUrl = nginx.Url, Layout = HttpKeyLayout.Flat });
        StoreProbe.IsTrue(await flat.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));
        Assert.True(File.Exists(nginx.FileOf(StoreProbe.Key.Split('/')[1])));
    }

    [Fact]
    public async Task Server_WithoutDav_IsReadOnly()
    {
        using var nginx = await NginxServer.StartAsync();
        await using var writer = Open(nginx.Url);
        await using var store = Open(nginx.PlainUrl);
        StoreProbe.IsTrue(await writer.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100_000)));

        Assert.Equal(StoreProbe.Bytes(100_000), await store.ReadAsync(StoreProbe.Key));
        StoreProbe.Fails(CacheErrorKind.ReadOnly, await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100_000)));
        StoreProbe.Fails(CacheErrorKind.ReadOnly, await store.DeleteAsync(StoreProbe.Key, CancellationToken.None));
    }

    private static HttpObjectStore Open(Uri url) => new(new HttpStoreOptions { BaseUrl = url });
}
