using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Blobs at <c>/cas/</c>: what is stored is what its name says.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private static readonly byte[] Blob = "an output"u8.ToArray();
    private static readonly string Path = BazelPaths.Of(Blob);

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Blob_ThatWasPut_IsRead()
    {
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
        Assert.Equal(200, await _server.StatusAsync("PUT", Path, Blob));
        Assert.Equal(200, await _server.StatusAsync("PUT", Path, Blob));

        Assert.Equal(Blob, await _server.Client.GetByteArrayAsync(Path));
        using var head = await _server.SendAsync("HEAD", Path);
        Assert.Equal((200, Blob.Length), ((int)head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("")]
    [InlineData("another output")]
    [InlineData("an output, and more")]
    public async Task Put_OfOtherBytesThanTheKeySays_StoresNothing(string body)
    {
        using var response = await _server.SendAsync("PUT", Path, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("SHA-256", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, _server.Tier.Count);
        Assert.Equal(404, await _server.StatusAsync("GET", Path));
    }

    [Fact]
    public async Task Put_WithADigestHeaderThatIsNotTheKeys_StoresNothing()
    {
        using var response = await _server.SendAsync(
            "PUT",
            Path,
            Blob,
            headers: ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [InlineData("/cas/")]
    [InlineData("/x/cas/")]
    public async Task EmptyBlob_IsAlwaysThereAndNeverStored(string prefix)
    {
        var path = prefix + BazelPaths.EmptyHash;

        Assert.Empty(await _server.Client.GetByteArrayAsync(path));
        Assert.Equal(200, await _server.StatusAsync("HEAD", path));
        Assert.Equal(200, await _server.StatusAsync("PUT", path, []));
        Assert.Equal(400, await _server.StatusAsync("PUT", path, [1]));
        Assert.Equal(403, await _server.StatusAsync("PUT", path, [], "ro"));
        Assert.Equal(403, await _server.StatusAsync("GET", path, token: "wo"));
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("01BA4719C80B6FE911B091A7C05124B64EEECE964E09C058EF8F9805DACA546B")]
    [InlineData("g1ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b")]
    [InlineData("01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b0")]
    public async Task Key_ThatIsNoHash_IsRefusedWithTheReason(string key)
    {
        using var read = await _server.SendAsync("GET", $"/cas/{key}");
        using var write = await _server.SendAsync("PUT", $"/my/instance/cas/{key}", Blob);

        Assert.Equal((400, 400), ((int)read.StatusCode, (int)write.StatusCode));
        Assert.Contains("64 lower-case hex digits", await write.Content.ReadAsStringAsync());
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Fact]
    public async Task Blob_IsSharedByInstancesAndScopesOfATenantAlone()
    {
        Assert.Equal(200, await _server.StatusAsync("PUT", BazelPaths.Of(Blob, "/one"), Blob, "scope:pull,main"));

        Assert.Equal(200, await _server.StatusAsync("GET", BazelPaths.Of(Blob, "/other/one"), token: "rw"));
        Assert.Equal(404, await _server.StatusAsync("GET", Path, token: "tenant:other"));
    }

    [Fact]
    public async Task Read_OfARange_GivesThatPart()
    {
        await _server.StatusAsync("PUT", Path, Blob);

        using var part = await _server.SendAsync("GET", Path, headers: ("Range", "bytes=3-5"));
        using var known = await _server.SendAsync(
            "GET", Path, headers: ("If-None-Match", $"\"{BazelPaths.HashOf(Blob)}\""));

        Assert.Equal((206, "out"), ((int)part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(304, (int)known.StatusCode);
    }

    [Fact]
    public async Task Token_ThatMayNot_IsTold()
    {
        await _server.StatusAsync("PUT", Path, Blob);
        _server.Authenticator.Open = false;

        Assert.Equal(401, await _server.StatusAsync("GET", Path));
        Assert.Equal(401, await _server.StatusAsync("PUT", Path, Blob, "unknown"));
        Assert.Equal(403, await _server.StatusAsync("PUT", Path, Blob, "ro"));
        Assert.Equal(403, await _server.StatusAsync("GET", Path, token: "wo"));
        Assert.Equal(200, await _server.StatusAsync("GET", Path, token: "ro"));
    }

    [Fact]
    public async Task Put_AboveTheLimit_IsTooLarge()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { MaxArtifactSize = 1000 });
        var large = new byte[1001];

        Assert.Equal(413, await server.StatusAsync("PUT", BazelPaths.Of(large), large));
        Assert.Equal(200, await server.StatusAsync("PUT", BazelPaths.Of(large[1..]), large[1..]));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br, zstd")]
    public async Task Put_InAnUnknownCoding_IsRefused(string coding)
    {
        using var response = await _server.SendAsync("PUT", Path, Blob, headers: ("Content-Encoding", coding));

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal(0, _server.Tier.Puts);
    }
}
