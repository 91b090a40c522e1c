using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Names of instances in front of paths, and the paths of others that look like one.</summary>
public sealed class InstanceTests : IAsyncLifetime
{
    private static readonly byte[] Blob = "an output"u8.ToArray();

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("/main")]
    [InlineData("/ac")]
    [InlineData("/cas/cas")]
    [InlineData("/projects/x/instances/default")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p")]
    [InlineData("/v1")]
    [InlineData("/v8/artifacts")]
    [InlineData("/%C3%A9")]
    public async Task Instance_InFrontOfAPath_IsTaken(string instance)
    {
        Assert.Equal(200, await _server.StatusAsync("PUT", BazelPaths.Of(Blob, instance), Blob));
        Assert.Equal(200, await _server.StatusAsync("GET", BazelPaths.Of(Blob)));
    }

    // A client that puts the instance between slashes, and has none.
    [Fact]
    public async Task Path_WithTwoSlashes_HasNoInstance()
    {
        await _server.StatusAsync("PUT", BazelPaths.Of(Blob), Blob);

        var answer = await _server.SendRawAsync($"GET /{BazelPaths.Of(Blob)} HTTP/1.1\r\nHost: any.example\r\n\r\n");

        Assert.Equal((200, "an output"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/http")]
    [InlineData("/http/deep")]
    [InlineData("/ccache")]
    [InlineData("/webdav/deep")]
    [InlineData("/cache")]
    public async Task Path_OfTheHttpAdapter_StaysItsOwn(string prefix)
    {
        var path = BazelPaths.Of(Blob, prefix);

        // It takes any bytes, and tells created from replaced.
        Assert.Equal(201, await _server.StatusAsync("PUT", path, [1, 2, 3]));
        Assert.Equal([1, 2, 3], await _server.Client.GetByteArrayAsync(path));
        Assert.Equal(404, await _server.StatusAsync("GET", BazelPaths.Of(Blob)));
    }

    [Fact]
    public async Task Paths_OfAdaptersThatAreNotEnabled_AreNobodys()
    {
        await using var bazel = await StartAsync("bazel");
        await using var gradle = await StartAsync("gradle");

        Assert.Equal(404, await bazel.StatusAsync("PUT", BazelPaths.Of(Blob, "/http"), Blob));
        Assert.Equal(200, await bazel.StatusAsync("PUT", BazelPaths.Of(Blob, "/https"), Blob));
        Assert.Equal(404, await gradle.StatusAsync("PUT", BazelPaths.Of(Blob), Blob));
        Assert.Equal(404, await gradle.StatusAsync("PUT", BazelPaths.Of(Blob, "/x"), Blob));
        Assert.Equal(200, await gradle.StatusAsync("PUT", Doors.Gradle, Blob));
    }

    [Theory]
    [InlineData("/x/ac", 404)]
    [InlineData("/x/cas/", 404)]
    [InlineData("/cas", 404)]
    [InlineData("/x/cass/y", 404)]
    [InlineData("/x/CAS/y", 404)]
    [InlineData("/cas/y/z", 404)]
    [InlineData("/x", 404)]
    public async Task Path_ThatOnlyLooksLikeOne_IsNobodys(string path, int expected)
    {
        Assert.Equal(expected, await _server.StatusAsync("GET", path));
        Assert.Equal(expected, await _server.StatusAsync("PUT", path, Blob));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task Method_ThatBazelDoesNotUse_IsNotAllowed(string method) =>
        Assert.Equal(405, await _server.StatusAsync(method, BazelPaths.Of(Blob, "/x")));

    private static Task<RunningServer> StartAsync(string adapter) => RunningServer.StartAsync(
        new ServerOptions { Adapters = new HashSet<string>(StringComparer.Ordinal) { adapter } });
}
