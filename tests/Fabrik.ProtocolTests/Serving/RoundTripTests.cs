using System.Security.Cryptography;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>What every adapter does alike.</summary>
public sealed class RoundTripTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public static TheoryData<string> Paths => Doors.All;

    public static TheoryData<string, int, ArtifactForm> PathsSizesForms
    {
        get
        {
            var data = new TheoryData<string, int, ArtifactForm>();
            foreach (var path in Doors.Paths)
            {
                foreach (var size in new[] { 0, 1, 70_000, 3_000_001 })
                {
                    foreach (var form in Enum.GetValues<ArtifactForm>())
                    {
                        data.Add(path, size, form);
                    }
                }
            }

            return data;
        }
    }

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(PathsSizesForms))]
    public async Task Artifact_ThatWasPut_ComesBack(string path, int size, ArtifactForm form)
    {
        _server.Tier.Form = form;
        var content = RandomNumberGenerator.GetBytes(size);
        Assert.Equal(404, await _server.StatusAsync("GET", path));
        Assert.Equal(404, await _server.StatusAsync("HEAD", path));

        Assert.InRange(await _server.StatusAsync("PUT", path, content), 200, 202);

        using var response = await _server.SendAsync("GET", path);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(size, response.Content.Headers.ContentLength);
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"", response.Headers.ETag!.Tag);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        using var head = await _server.SendAsync("HEAD", path);
        Assert.Equal(200, (int)head.StatusCode);
        Assert.Equal(size, head.Content.Headers.ContentLength);
        Assert.Equal(response.Headers.ETag, head.Headers.ETag);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Artifact_SentInChunks_ComesBack(string path)
    {
        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");

        Assert.InRange(answer.Status, 200, 202);
        Assert.False(answer.Closes);
        Assert.Equal("abcdefg", await _server.Client.GetStringAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Put_OfTheSameBytesAgain_Succeeds(string path)
    {
        await _server.StatusAsync("PUT", path, [1, 2, 3], "rw");

        Assert.InRange(await _server.StatusAsync("PUT", path, [1, 2, 3], "rw"), 200, 202);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Put_OfOtherBytesWithoutOverwrite_KeepsTheFirst(string path)
    {
        await _server.StatusAsync("PUT", path, [1, 2, 3], "rw");

        var status = await _server.StatusAsync("PUT", path, [4, 5, 6], "rw");

        Assert.Equal(path == Doors.Nx ? 409 : path == Doors.Turborepo ? 202 : 200, status);
        Assert.Equal([1, 2, 3], await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Put_OfOtherBytesWithOverwrite_ReplacesThem(string path)
    {
        await _server.StatusAsync("PUT", path, [1, 2, 3], "all");

        Assert.InRange(await _server.StatusAsync("PUT", path, [4, 5, 6], "all"), 200, 202);
        Assert.Equal([4, 5, 6], await _server.Client.GetByteArrayAsync(path));
    }

    [Fact]
    public async Task Path_WithTwoSlashesAfterItsPrefix_IsThatWithOne()
    {
        await _server.StatusAsync("PUT", "/webdav//pre/abc", [1, 2, 3]);

        Assert.Equal([1, 2, 3], await _server.Client.GetByteArrayAsync("/webdav/pre/abc"));
        Assert.Equal(400, await _server.StatusAsync("GET", "/webdav///pre/abc"));
        Assert.Equal(400, await _server.StatusAsync("GET", "/webdav/pre//abc"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Method_ThatNobodyTakes_IsNotAllowed(string path)
    {
        using var response = await _server.SendAsync("PATCH", path);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains(response.Content.Headers.Allow, static method => method == "PUT");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/cache")]
    [InlineData("/cache/")]
    [InlineData("/v1/cache")]
    [InlineData("/v1/cache/a/b")]
    [InlineData("/v8/artifacts/a/b")]
    [InlineData("/nothing/here")]
    public async Task Path_ThatNobodyHas_IsNotFound(string path) =>
        Assert.Equal(404, await _server.StatusAsync("GET", path));
}
