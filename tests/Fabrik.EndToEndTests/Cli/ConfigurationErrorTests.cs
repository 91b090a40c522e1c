using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Cli;

/// <summary>What a newcomer who mistyped reads before anything listens.</summary>
public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Server_SeveralMistakesInTheFile_NamesEachWithItsPlace()
    {
        var file = _sandbox.Write(
            "wrong.toml",
            """
            [cache]
            max_sise = "1GB"
            eviction_policy = "oldest"

            [build_tools]
            port = 70000
            """);

        var ended = await RunServerAsync("--config", file);

        Assert.Contains($"{file}:2", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("max_sise", ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"{file}:3", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("oldest", ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"{file}:6", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("70000", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_BrokenFile_NamesTheLine()
    {
        var file = _sandbox.Write("broken.toml", "[cache]\nmax_size = \n");

        var ended = await RunServerAsync("--config", file);

        Assert.Contains($"{file}:2", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_MissingFile_NamesIt()
    {
        var file = _sandbox.In("not-there.toml");

        var ended = await RunServerAsync("--config", file);

        Assert.Contains(file, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WrongValueOfFlag_NamesTheFlag()
    {
        var ended = await RunServerAsync("--config-cache-max-size", "plenty");

        Assert.Contains("--config-cache-max-size", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("plenty", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_UnknownFlag_NamesIt()
    {
        var ended = await RunServerAsync("--config-cache-sise", "1GB");

        Assert.Contains("--config-cache-sise", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_TokensRequiredWithoutKeys_SaysWhatIsMissing()
    {
        var ended = await RunServerAsync("--config-auth-required", "true");

        Assert.Contains("auth.required", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("public_key", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_KeyFileMissing_NamesIt()
    {
        var key = _sandbox.In("no-key.pem");

        var ended = await RunServerAsync("--config-auth-required", "true", "--config-auth-public-key-file", key);

        Assert.Contains(key, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownCommand_IsNamed()
    {
        var ended = await FabrikCommand.RunAsync(_sandbox, "sevrer");

        AssertRefused(ended);
        Assert.Contains("sevrer", ended.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _sandbox.Dispose();

    private async Task<RunResult> RunServerAsync(params string[] arguments)
    {
        var ended = await FabrikCommand.RunAsync(
            _sandbox, ["server", "--config-cache-dir", _sandbox.In("store"), .. arguments]);
        AssertRefused(ended);
        return ended;
    }

    private static void AssertRefused(RunResult ended)
    {
        Assert.NotEqual(0, ended.ExitCode);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", ended.Errors, StringComparison.Ordinal);
    }
}
