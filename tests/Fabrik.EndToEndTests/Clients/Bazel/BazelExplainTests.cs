using System.Text.Json;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>What a server says of the builds of Bazel itself.</summary>
public sealed class BazelExplainTests
{
    [Fact]
    public async Task Builds_BeforeAndAfterAChange_AreExplained()
    {
        using var sandbox = new Sandbox();
        using var project = new BazelProject(BazelDoor.Grpc);
        await using var server = await FabrikServer.StartAsync(
            sandbox, new ServerConfiguration { StoreDirectory = sandbox.In("store") });
        var cache = CacheAccess.To(server, "no-token-is-needed");
        var first = await project.BuildAsync(cache);
        Assert.True(first.Succeeded, first.ToString());
        project.ChangeSources();
        var second = await project.BuildAsync(cache);
        Assert.True(second.Succeeded, second.ToString());

        async Task<string> ExplainAsync(params string[] words)
        {
            var run = await FabrikCommand.RunAsync(
                sandbox, ["explain", "bazel", .. words, "--config", server.ConfigurationFile]);
            Assert.True(run.ExitCode == 0, run.Everything);
            return run.Output;
        }

        using var json = JsonDocument.Parse(await ExplainAsync("//:lib", "--json"));
        string[] compilations =
        [
            .. json.RootElement.GetProperty("lookups").EnumerateArray()
                .Where(lookup => lookup.GetProperty("mnemonic").GetString() == "CppCompile")
                .Select(lookup => lookup.GetProperty("action").GetString()!)
                .Distinct(StringComparer.Ordinal),
        ];

        Assert.Equal(2, compilations.Length);
        var newest = await ExplainAsync(compilations[0]);
        Assert.Contains("target    //:lib, CppCompile\n", newest, StringComparison.Ordinal);
        Assert.Contains("lib.c", newest, StringComparison.Ordinal);
        var compared = await ExplainAsync("--diff", compilations[1], compilations[0]);
        Assert.StartsWith("input ", compared, StringComparison.Ordinal);
        Assert.Contains("output bazel-out/", compared, StringComparison.Ordinal);
    }
}
