using System.Net;
using System.Text.Json;
using Fabrik.EndToEndTests.Lifecycle;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Cli;

/// <summary>
/// <c>fabrik cache</c> and <c>fabrik health</c>, while a server holds the store and after it has ended.
/// </summary>
public sealed class StoreCommandTests : IDisposable
{
    // The last of these is the largest file in the store.
    private static readonly Artifact[] Artifacts = [new(3), new(4), new(5)];

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Stats_CountsWhatIsStored_WithServerAndWithout()
    {
        await using (var server = await StartFilledAsync())
        {
            Assert.Equal(Artifacts.Length, await CountEntriesAsync());
            await EndAsync(server);
        }
        Assert.Equal(Artifacts.Length, await CountEntriesAsync());
    }

    [Fact]
    public async Task List_NamesEveryKeyOfTheTool()
    {
        await using var server = await StartFilledAsync();

        var listed = await RunAsync("cache", "list", "--tool", "gradle");
        var others = await RunAsync("cache", "list", "--tool", "nx");

        Assert.All(Artifacts, artifact =>
            Assert.Contains(Path.GetFileName(artifact.Path), listed.Output, StringComparison.Ordinal));
        Assert.Equal("", others.Output);
    }

    [Fact]
    public async Task Clean_RemovesEverything()
    {
        await using var server = await StartFilledAsync();

        var cleaned = await RunAsync("cache", "clean");

        Assert.True(cleaned.ExitCode == 0, cleaned.Everything);
        Assert.Equal(0, await CountEntriesAsync());
        Assert.All(await ReadAllAsync(server), read => Assert.Null(read));
    }

    [Fact]
    public async Task Verify_SoundStore_Succeeds()
    {
        await using var server = await StartFilledAsync();

        var verified = await RunAsync("cache", "verify");

        Assert.True(verified.ExitCode == 0, verified.Everything);
        Assert.Contains("0 damaged", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DamagedFile_SaysSoAndDropsIt()
    {
        await EndFilledAsync();
        DamageLargestFile();

        var verified = await RunAsync("cache", "verify");
        var again = await RunAsync("cache", "verify");

        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("1 damaged", verified.Output, StringComparison.Ordinal);
        Assert.True(again.ExitCode == 0, again.Everything);
    }

    // A body is checked while it is sent: the reader who finds the damage is cut off, and everybody after has a miss.
    [Fact]
    public async Task Read_DamagedFile_IsCutOffOnceAndThenAMiss()
    {
        await EndFilledAsync();
        DamageLargestFile();

        await using var server = await StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Http.GetByteArrayAsync(Artifacts[^1].Path));
        var reads = await ReadAllAsync(server);

        Assert.Equal([Artifacts[0].Content(), Artifacts[1].Content(), null], reads);
    }

    [Fact]
    public async Task Health_TellsByItsExitCodeWhetherTheServerServes()
    {
        await using var server = await StartAsync();
        var url = $"http://127.0.0.1:{server.Ports.Health}";

        var healthy = await RunAsync("health", "--url", url);
        await EndAsync(server);
        var gone = await RunAsync("health", "--url", url);

        Assert.True(healthy.ExitCode == 0, healthy.Everything);
        Assert.Contains("healthy", healthy.Output, StringComparison.Ordinal);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains(url, gone.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _sandbox.Dispose();

    private static async Task EndAsync(FabrikServer server)
    {
        server.Send(Signal.Terminate);
        var ended = await server.WaitForEndAsync();
        Assert.True(ended.ExitCode == 0, ended.Everything);
    }

    /// <summary>The contents of all artifacts, null where there is none.</summary>
    private static async Task<byte[]?[]> ReadAllAsync(FabrikServer server)
    {
        var contents = new byte[]?[Artifacts.Length];
        for (var i = 0; i < contents.Length; i++)
        {
            using var answer = await server.Http.GetAsync(Artifacts[i].Path);
            contents[i] = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsByteArrayAsync() : null;
        }
        return contents;
    }

    private Task<FabrikServer> StartAsync() =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration { StoreDirectory = _sandbox.In("store") });

    private async Task<FabrikServer> StartFilledAsync()
    {
        var server = await StartAsync();
        foreach (var artifact in Artifacts)
        {
            using var content = new ByteArrayContent(artifact.Content());
            using var stored = await server.Http.PutAsync(artifact.Path, content);
            Assert.True(stored.IsSuccessStatusCode, stored.ToString());
        }
        return server;
    }

    private async Task EndFilledAsync()
    {
        await using var server = await StartFilledAsync();
        await EndAsync(server);
    }

    private Task<RunResult> RunAsync(params string[] arguments) =>
        FabrikCommand.RunAsync(_sandbox, [.. arguments, "--config", _sandbox.In("fabrik.toml")]);

    private async Task<int> CountEntriesAsync()
    {
        var stats = await RunAsync("cache", "stats", "--json");
        Assert.True(stats.ExitCode == 0, stats.Everything);
        using var json = JsonDocument.Parse(stats.Output);
        return json.RootElement.GetProperty("entries").GetInt32();
    }

    private void DamageLargestFile()
    {
        var largest = new DirectoryInfo(_sandbox.In("store/blobs"))
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .MaxBy(file => file.Length)!;
        using var stream = largest.Open(FileMode.Open, FileAccess.ReadWrite);
        stream.Position = stream.Length / 2;
        var damaged = (byte)(stream.ReadByte() ^ 0x40);
        stream.Position = stream.Length / 2;
        stream.WriteByte(damaged);
    }
}
