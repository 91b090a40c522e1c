using Fabrik.Cli;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class MemcachedExplainCommandTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("mg user:42 --hint Peu",
        "route eu: user:*, every meta command with Peu\n  one: the store of this process\n")]
    [InlineData("mg user:42 --hint Pus", "route rest: user:*, every command\n  two: the store of this process\n")]
    [InlineData("get user:42", "route rest: user:*, every command\n  two: the store of this process\n")]
    public void Explain_OfACommand_TellsItsRoute(string line, string output) =>
        Assert.Equal((0, output, ""), Run(line));

    [Theory]
    [InlineData("get user:42 --hint Peu", 2, "--hint Peu: get has no hints; mg, ms, md, ma and me do")]
    [InlineData("mg user:42 --hint eu", 2,
        "--hint eu: expected a flag such as \"Peu\": it does not begin with P or L")]
    [InlineData("mg other --hint Peu", 1, "no route matches mg other Peu")]
    [InlineData("mg other", 1, "no route matches mg other")]
    public void Explain_OfWhatHasNoAnswer_SaysWhy(string line, int code, string error) =>
        Assert.Equal((code, "", $"[fabrik] {error}\n"), Run(line));

    private (int Code, string Output, string Errors) Run(string line)
    {
        string path = _fixture.Folder.Write("proxy.yaml", """
            memcached_proxy:
              backends: { one: { type: cache }, two: { type: cache } }
              routes:
                eu: { matcher: "user:*", hint: Peu, backend: one }
                rest: { matcher: "user:*", backend: two }
            """);
        using StringWriter output = new();
        using StringWriter errors = new();
        string[] words = ["memcached-proxy", "explain", .. line.Split(' '), "--config", path];
        CommandContext context = new(words, new Terminal(output, errors));
        int code = RootCommands.Create(context).Parse(context.Remaining).Invoke();
        return (code, output.ToString(), errors.ToString());
    }
}
