using System.CommandLine;
using System.Diagnostics;
using Fabrik.Cli;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class CompletionCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ca", "cache memcached-proxy")]
    [InlineData("cache li", "list")]
    [InlineData("cache list --tool ", "bazel ccache gradle http nx s3 turborepo webdav")]
    [InlineData("daemon --b", "--background")]
    [InlineData("server --config-cache-max", "--config-cache-max-artifact-size --config-cache-max-size")]
    [InlineData("config generate --template ", "layer1 layer2 layer3 memcached-proxy s3-proxy server")]
    [InlineData("completion z", "zsh")]
    public void Suggestions_ForALine_AreWhatCanFollow(string line, string expected)
    {
        CommandContext context = new([], new Terminal(TextWriter.Null, TextWriter.Null));
        ParseResult parsed = RootCommands.Create(context).Parse(line);
        IEnumerable<string> words = parsed.GetCompletions(line.Length).Select(item => item.Label);
        Assert.Equal(expected, string.Join(' ', words.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Suggestions_ForAnEmptyWord_LeaveTheManySettingsOut()
    {
        CommandContext context = new([], new Terminal(TextWriter.Null, TextWriter.Null));
        ParseResult parsed = RootCommands.Create(context).Parse("server ");
        Assert.DoesNotContain(
            parsed.GetCompletions("server ".Length),
            item => item.Label.StartsWith("--config-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fabrik cache l", "list")]
    [InlineData("fabrik cache ", "list stats")]
    [InlineData("fabrik cache x", "")]
    public async Task Bash_WithTheScript_AsksTheBinaryAndKeepsWhatFits(string line, string expected)
    {
        // A function in place of the binary; it fails the test where it is not asked by line and position.
        string test = $$"""
            fabrik() { [ "$1" = "[suggest:{{line.Length}}]" ] && [ "$2" = "{{line}}" ] && printf 'list\nstats\n'; }
            {{Script("bash")}}
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} 
            COMP_WORDS=({{line}} '') COMP_CWORD={{line.Count(c => c == ' ')}}
            _fabrik
            echo "${COMPREPLY[*]}"
            complete -p fabrik
            """;
        Assert.Equal($"{expected}\ncomplete -o default -F _fabrik fabrik\n", await RunAsync("bash", "--norc", test));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_OfAShell_IsWhatThatShellParses(string shell)
    {
        if (!IsInstalled(shell))
        {
            Assert.Skip($"{shell} is not installed");
        }

        Assert.Equal("", await RunAsync(shell, "-n", Script(shell)));
    }

    [Fact]
    public void Script_OfPowerShell_AsksTheBinary() =>
        Assert.Contains("fabrik \"[suggest:$position]\" \"$line\"", Script("pwsh"), StringComparison.Ordinal);

    private static string Script(string shell)
    {
        using StringWriter output = new();
        CommandContext context = new(["completion", shell], new Terminal(output, TextWriter.Null));
        Assert.Equal(0, RootCommands.Create(context).Parse(context.Remaining).Invoke());
        return output.ToString();
    }

    private static bool IsInstalled(string program) => Environment.GetEnvironmentVariable("PATH")!
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Join(folder, program)));

    private async Task<string> RunAsync(string shell, string option, string text)
    {
        ProcessStartInfo start = new(shell, [option, _folder.Write("script", text)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        CancellationToken ended = TestContext.Current.CancellationToken;
        Task<string> errors = process.StandardError.ReadToEndAsync(ended);
        string output = await process.StandardOutput.ReadToEndAsync(ended);
        return output + await errors;
    }
}
