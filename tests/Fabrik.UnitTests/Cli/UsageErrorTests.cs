using System.CommandLine;
using System.CommandLine.Invocation;
using Fabrik.Cli;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("sever", "sever: unknown command; did you mean \"server\"?", "fabrik")]
    [InlineData("cahce stats", "cahce: unknown command; did you mean \"cache\"?", "fabrik")]
    [InlineData("cache lst", "lst: unknown command; did you mean \"list\"?", "fabrik cache")]
    [InlineData("cache list --tol x", "--tol: unknown option; did you mean \"--tool\"?", "fabrik cache list")]
    [InlineData("cache list extra", "extra: unknown argument", "fabrik cache list")]
    [InlineData("nothing-like-it", "nothing-like-it: unknown command", "fabrik")]
    [InlineData("auth", "expected a command: keygen, token", "fabrik auth")]
    [InlineData("cache list --limit abc", "--limit: expected a number from 0, found \"abc\"", "fabrik cache list")]
    [InlineData("cache list --limit -1", "--limit: expected a number from 0, found \"-1\"", "fabrik cache list")]
    [InlineData(
        "cache list --tool grdle",
        "--tool: expected one of gradle, nx, turborepo, bazel, http, ccache, webdav, s3, found \"grdle\"",
        "fabrik cache list")]
    [InlineData(
        "cache clean --keep 5XB", "--keep: expected a size such as 5GB, found \"5XB\"", "fabrik cache clean")]
    [InlineData(
        "cache clean --keep 1GB --tool nx",
        "--keep evicts by the store's policy: expected it without --tool and --unused-for",
        "fabrik cache clean")]
    [InlineData(
        "health --url ftp://x",
        "--url: expected an address such as http://127.0.0.1:8888, found \"ftp://x\"",
        "fabrik health")]
    [InlineData("auth token", "Option '--key' is required.", "fabrik auth token")]
    public void CommandLine_ThatIsWrong_IsExplainedInTwoLines(string line, string problem, string help)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        CommandContext context = new(line.Split(' '), new Terminal(output, errors));
        ParseResult parsed = RootCommands.Create(context).Parse(context.Remaining);
        Assert.IsType<ParseErrorAction>(parsed.Action);
        Assert.Equal(2, UsageErrors.Report(context.Terminal, parsed));
        // The root is named after the program that runs, which is the test here.
        string path = help.Replace("fabrik", RootCommand.ExecutableName, StringComparison.Ordinal);
        Assert.Equal($"[fabrik] {problem}\n[fabrik] see {path} --help\n", errors.ToString());
        Assert.Equal("", output.ToString());
    }
}
