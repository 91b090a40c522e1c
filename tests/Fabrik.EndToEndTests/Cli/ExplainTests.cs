using System.Text.Json;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Cli;

/// <summary><c>fabrik explain bazel</c> beside a server, and without one.</summary>
public sealed class ExplainTests : IDisposable
{
    private const string Field = "build.bazel.remote.execution.v2.requestmetadata-bin";

    // RequestMetadata: tool_invocation_id "r", action_mnemonic "Genrule", target_id "//a:b".
    private const string Labels = "GgFyKgdHZW5ydWxlMgUvL2E6Yg";

    private static readonly string Hash = new('a', 64);
    private static readonly string Other = new('b', 64);

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Action_ThatMissedAndWasStored_IsExplained()
    {
        await using var server = await StartAsync();
        await SendAsync(server, HttpMethod.Get, Hash);
        await SendAsync(server, HttpMethod.Put, Hash);

        var explained = await RunAsync($"{Hash}/142");

        Assert.True(explained.ExitCode == 0, explained.Everything);
        Assert.Contains("target    //a:b, Genrule\n", explained.Output, StringComparison.Ordinal);
        Assert.Contains("now       a result is in the cache, stored ", explained.Output, StringComparison.Ordinal);
        Assert.Contains("  miss        it was not stored since ", explained.Output, StringComparison.Ordinal);
        Assert.Contains("  stored      stored (run r)\n", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_AsJson_HasItsLookups()
    {
        await using var server = await StartAsync();
        await SendAsync(server, HttpMethod.Get, Hash);
        await SendAsync(server, HttpMethod.Get, Other);

        var explained = await RunAsync("//a:b", "--json");
        var nothing = await RunAsync("//a:c");
        var counts = await RunAsync("--json");

        using var json = JsonDocument.Parse(explained.Output);
        Assert.Equal(
            [Other, Hash],
            json.RootElement.GetProperty("lookups").EnumerateArray()
                .Select(lookup => lookup.GetProperty("action").GetString()),
            StringComparer.Ordinal);
        Assert.StartsWith("neither looked up nor stored since ", nothing.Output, StringComparison.Ordinal);
        using var counted = JsonDocument.Parse(counts.Output);
        var mnemonic = Assert.Single(counted.RootElement.GetProperty("mnemonics").EnumerateArray());
        Assert.Equal(
            ("Genrule", 2),
            (mnemonic.GetProperty("name").GetString(), mnemonic.GetProperty("misses").GetInt32()));
        var metrics = await server.Http.GetAsync($"http://127.0.0.1:{server.Ports.Metrics}/metrics");
        Assert.Contains(
            "fabrik_bazel_actions_total{mnemonic=\"Genrule\",outcome=\"miss\"} 2",
            await metrics.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_OfTwoResults_SaysWhatDiffersAndWhatIsUnknown()
    {
        await using var server = await StartAsync();
        await SendAsync(server, HttpMethod.Put, Hash);
        await SendAsync(server, HttpMethod.Put, Other, exitCode: 1);

        var compared = await RunAsync("--diff", Hash, Other);

        Assert.Equal(
            """
            result exit_code
              - 0
              + 1
            not compared: the action's message is not in the cache for the first action
            not compared: the action's message is not in the cache for the second action

            """,
            compared.Output);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("--diff")]
    [InlineData("--diff", "//a:b", "//a:c")]
    public async Task WordsThatNameNothing_AreRefused(params string[] words)
    {
        var refused = await RunAsync(words);

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("", refused.Output);
    }

    [Fact]
    public async Task Explain_WithoutAServer_SaysThatNobodyServes()
    {
        _sandbox.Write("fabrik.toml", $"[cache]\ndir = \"{_sandbox.In("store")}\"\n");

        var refused = await RunAsync(Hash);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("no process serves from", refused.Errors, StringComparison.Ordinal);
    }

    private static async Task SendAsync(FabrikServer server, HttpMethod method, string hash, byte exitCode = 0)
    {
        // ActionResult: exit_code is field 4.
        using var request = new HttpRequestMessage(method, $"/ac/{hash}");
        request.Headers.Add(Field, Labels);
        request.Content = method == HttpMethod.Put
            ? new ByteArrayContent(exitCode == 0 ? [] : [4 << 3, exitCode])
            : null;
        using var answer = await server.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode || method == HttpMethod.Get, answer.ToString());
    }

    private Task<FabrikServer> StartAsync() =>
        FabrikServer.StartAsync(_sandbox, new ServerConfiguration { StoreDirectory = _sandbox.In("store") });

    private Task<RunResult> RunAsync(params string[] arguments) => FabrikCommand.RunAsync(
        _sandbox, ["explain", "bazel", .. arguments, "--config", _sandbox.In("fabrik.toml")]);
}
