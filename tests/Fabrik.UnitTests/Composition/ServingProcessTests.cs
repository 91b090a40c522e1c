using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Fabrik.Composition;
using Fabrik.StoreAccess;
using Xunit;

namespace Fabrik.UnitTests.Composition;

[Collection(nameof(ServingFixture))]
public sealed class ServingProcessTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithAPortThatIsTaken_SaysWhichAndWhereItIsSet()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using ServingFixture serving = new();
        string problem = Assert.Single(
            await serving.TryStartAsync(ServingMode.Server, $"--config-build-tools-port={port}"));
        string address = $"127.0.0.1:{port} (http, set by build_tools.bind and build_tools.port)";
        Assert.Contains(address, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithTheGrpcPortTaken_NamesItsSetting()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using ServingFixture serving = new();
        string problem = Assert.Single(
            await serving.TryStartAsync(ServingMode.Server, $"--config-build-tools-bazel-port={port}"));
        Assert.Contains($"127.0.0.1:{port} (grpc, set by build_tools.bazel.port)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfADaemonWithAPortThatIsTaken_NamesTheDaemonsSettings()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using ServingFixture serving = new();
        string problem = Assert.Single(
            await serving.TryStartAsync(ServingMode.Daemon, $"--config-daemon-http-port={port}"));
        Assert.Contains($"127.0.0.1:{port} (http, set by daemon.http_port)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnAddressOfAnotherMachine_SaysWhich()
    {
        await using ServingFixture serving = new();
        // RFC 5737: an address for documents, which no machine has.
        string problem = Assert.Single(await serving.TryStartAsync(
            ServingMode.Server, "--config-build-tools-bind=192.0.2.7"));
        Assert.Contains("192.0.2.7:0 (http, ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAStoreThatAnotherHolds_SaysSo()
    {
        await using ServingFixture first = new();
        await using ServingFixture second = new();
        await first.StartAsync(ServingMode.Server);
        string problem = Assert.Single(await second.TryStartAsync(
            ServingMode.Server, $"--config-cache-dir={first.StoreFolder}"));
        Assert.StartsWith("cache.dir: ", problem, StringComparison.Ordinal);
        Assert.Contains("held by", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAFileInPlaceOfTheStore_SaysSo()
    {
        await using ServingFixture serving = new();
        serving.Folder.Write("store", "");
        string problem = Assert.Single(await serving.TryStartAsync(ServingMode.Server));
        Assert.StartsWith("cache.dir: ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongKeysOfBothKinds_SaysBothAtOnce()
    {
        await using ServingFixture serving = new();
        serving.Folder.Write("key", "no key");
        serving.Folder.Write("public.pem", "no key either");
        IReadOnlyList<string> problems = await serving.TryStartAsync(
            ServingMode.Server,
            "--config-cache-encryption-key-file=key",
            "--config-auth-required=true",
            "--config-auth-public-key-file=public.pem");
        Assert.Equal(2, problems.Count);
        Assert.StartsWith("cache.encryption_key_file: ", problems[0], StringComparison.Ordinal);
        Assert.Contains("public.pem", problems[1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(serving.StoreFolder), "nothing is made before the configuration is right");
    }

    [Fact]
    public async Task Listeners_OfAServer_ServeTheirOwnPathsOnly()
    {
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Server);
        using HttpClient client = new();
        async Task<string> StatusesAsync(string path)
        {
            List<int> statuses = [];
            foreach (ListenerRole listener in listeners.Where(listener => listener.Port != 0 && !listener.Plan.IsRpc))
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri(listener.LocalUrl, path), Ended);
                statuses.Add((int)answer.StatusCode);
            }

            return string.Join(' ', statuses);
        }

        Assert.Equal("404 404 200 404", await StatusesAsync("/health"));
        Assert.Equal("404 404 404 200", await StatusesAsync("/metrics"));
        Assert.Equal("404 404 404 404", await StatusesAsync("/statistics"));
    }

    [Fact]
    public async Task S3_OfAServer_KeepsAndListsObjects()
    {
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Server);
        Uri bucket = new(listeners.Single(listener => listener.Plan.Name == "s3").LocalUrl, "/fabrik/a//b");
        using HttpClient client = new();
        using HttpResponseMessage stored = await client.PutAsync(bucket, new StringContent("body"), Ended);
        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        Assert.Equal("body", await client.GetStringAsync(bucket, Ended));
        string list = await client.GetStringAsync(new Uri(bucket, "/fabrik?list-type=2"), Ended);
        Assert.Contains("<Key>a//b</Key>", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "/fabrik/k")]
    [InlineData("http", "/http/k")]
    public async Task Creators_OfOneKey_AreOneThatWins(string listener, string path)
    {
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Server);
        Uri key = new(listeners.Single(role => role.Plan.Name == listener).LocalUrl, path);
        using HttpClient client = new();
        async Task<HttpStatusCode> CreateAsync(int writer)
        {
            using HttpRequestMessage put = new(HttpMethod.Put, key) { Content = new StringContent($"by {writer}") };
            put.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
            using HttpResponseMessage answer = await client.SendAsync(put, Ended);
            return answer.StatusCode;
        }

        HttpStatusCode[] statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(CreateAsync));
        Assert.Equal(31, statuses.Count(status => status == HttpStatusCode.PreconditionFailed));
        int winner = Array.FindIndex(statuses, status => status != HttpStatusCode.PreconditionFailed);
        Assert.Equal($"by {winner}", await client.GetStringAsync(key, Ended));
    }

    [Fact]
    public async Task Ready_AfterTheStart_Is200()
    {
        await using ServingFixture serving = new();
        IReadOnlyList<ListenerRole> listeners = await serving.StartAsync(ServingMode.Daemon);
        ListenerRole health = listeners.Single(role => role.Plan.Duties.HasFlag(ListenerDuties.Health));
        using HttpClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(new Uri(health.LocalUrl, "/ready"), Ended);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("instance-of-the-test", Assert.Single(answer.Headers.GetValues("X-Fabrik-Instance")));
    }

    [Fact]
    public async Task ControlSocket_OfAProcess_IsItsOwnersOnlyAndLeavesWithIt()
    {
        string socket;
        await using (ServingFixture serving = new())
        {
            await serving.StartAsync(ServingMode.Server);
            socket = ControlSocket.PathFor(serving.StoreFolder)!;
            Assert.True(File.Exists(socket));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            }
        }

        Assert.False(File.Exists(socket));
    }
}
