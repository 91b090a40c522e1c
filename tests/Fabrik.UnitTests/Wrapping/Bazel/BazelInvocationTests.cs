using Fabrik.Settings.Schema;
using Fabrik.UnitTests.Settings;
using Fabrik.Wrapping.Bazel;
using Xunit;

namespace Fabrik.UnitTests.Wrapping.Bazel;

public sealed class BazelInvocationTests : IDisposable
{
    private const string Cache = "--remote_cache=grpc://other.example";

    private readonly TemporaryFolder _folder = new();

    public BazelInvocationTests()
    {
        _folder.Write("home/.keep", "");
        _folder.Write("space/WORKSPACE", "");
        _folder.Write("space/deep/BUILD", "");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("build //...")]
    [InlineData("--output_base /o coverage //...")]
    [InlineData("run //x -- --remote_cache=its-own")]
    public void Of_ABuildThatNamesNoCache_TakesOurs(string line) => Assert.True(Of(line).TakesCache);

    [Theory]
    [InlineData("build --remote_cache=grpc://other //...")]
    [InlineData("build //... --remote_cache grpc://other")]
    [InlineData("build --remote_cache= //...")]
    [InlineData("build --remote_executor=grpc://other //...")]
    public void Of_ABuildThatNamesACache_KeepsIt(string line)
    {
        BazelInvocation invocation = Of(line);
        Assert.False(invocation.TakesCache);
        Assert.EndsWith(" on the command line", invocation.SetBy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("clean --expunge")]
    [InlineData("version")]
    [InlineData("")]
    public void Of_ACommandThatBuildsNothing_IsLeftAlone(string line)
    {
        _folder.Write("space/.bazelrc", $"common {Cache}");
        BazelInvocation invocation = Of(line);
        Assert.False(invocation.TakesCache);
        Assert.Null(invocation.SetBy);
    }

    [Theory]
    [InlineData("build " + Cache, "build", true)]
    [InlineData("build " + Cache, "test", true)]
    [InlineData("test " + Cache, "build", false)]
    [InlineData("test " + Cache, "coverage", true)]
    [InlineData("common " + Cache, "run", true)]
    [InlineData("always " + Cache, "run", true)]
    [InlineData("query " + Cache, "build", false)]
    [InlineData("# build " + Cache, "build", false)]
    [InlineData("build --jobs=2 # " + Cache, "build", false)]
    [InlineData("build --jobs=2 \\\n  " + Cache, "build", true)]
    [InlineData("build '" + Cache + "'", "build", true)]
    [InlineData("build --action_env=\"X= --remote_cache=y\"", "build", false)]
    [InlineData("build:ci " + Cache, "build", false)]
    [InlineData("build:ci " + Cache, "build --config=ci", true)]
    [InlineData("build:ci " + Cache, "build --config ci", true)]
    [InlineData("build --config=ci\nbuild:ci " + Cache, "build", true)]
    [InlineData("build:a --config=b\nbuild:b " + Cache, "build --config=a", true)]
    [InlineData("build:a --config=b\nbuild:b --config=a", "build --config=a", false)]
    public void Of_AWorkspaceWithARcFile_KeepsTheCacheThatHoldsForTheCommand(string rc, string line, bool isSet)
    {
        _folder.Write("space/.bazelrc", rc);
        Assert.Equal(isSet, Of(line).SetBy is not null);
    }

    [Theory]
    [InlineData("import %workspace%/ci.bazelrc", "ci.bazelrc")]
    [InlineData("try-import %workspace%/tools/ci.bazelrc", "tools/ci.bazelrc")]
    public void Of_ARcFileThatImports_ReadsWhatItImports(string import, string file)
    {
        _folder.Write("space/.bazelrc", $"{import}\ntry-import %workspace%/none\n{import}");
        _folder.Write($"space/{file}", $"import %workspace%/.bazelrc\nbuild {Cache}");
        Assert.NotNull(Of("build").SetBy);
    }

    [Theory]
    [InlineData("build", true)]
    [InlineData("--nohome_rc build", false)]
    [InlineData("--ignore_all_rc_files build", false)]
    public void Of_AHomeWithARcFile_HeedsStartupOptions(string line, bool isSet)
    {
        _folder.Write("home/.bazelrc", $"build {Cache}");
        Assert.Equal(isSet, Of(line).SetBy is not null);
    }

    [Theory]
    [InlineData("--bazelrc=ours build", true)]
    [InlineData("--bazelrc ours build", true)]
    [InlineData("--bazelrc=/dev/null --bazelrc=ours build", false)]
    [InlineData("--noworkspace_rc build", false)]
    public void Of_ARcFileThatIsNamed_IsReadUpToTheEndOfAll(string line, bool isSet)
    {
        string workspace = line.StartsWith("--noworkspace_rc", StringComparison.Ordinal) ? $"build {Cache}" : "";
        _folder.Write("space/.bazelrc", workspace);
        _folder.Write("space/deep/ours", $"build {Cache}");
        Assert.Equal(isSet, Of(line).SetBy is not null);
    }

    [Fact]
    public void With_AToken_PutsItIntoTheRcFileAndNotOnTheCommandLine()
    {
        Assert.Equal(
            ["--bazelrc=/state/rc", "build", "--remote_cache=grpc://127.0.0.1:1", "//..."],
            Of("build //...").With("grpc://127.0.0.1:1", "secret", "/state/rc"));
        Assert.Equal(
            ["build", "--remote_header=authorization=Bearer secret"],
            BazelRcLine.Words(BazelInvocation.HeaderLine("secret").TrimEnd('\n')));
    }

    [Fact]
    public void With_ATokenWhereRcFilesAreIgnored_HasNoOtherPlaceForIt()
    {
        BazelInvocation invocation = Of("--ignore_all_rc_files build");
        Assert.False(invocation.TakesRcFiles);
        Assert.Equal(
            [
                "--ignore_all_rc_files", "build", "--remote_cache=grpc://127.0.0.1:1",
                "--remote_header=authorization=Bearer secret",
            ],
            invocation.With("grpc://127.0.0.1:1", "secret", null));
    }

    private BazelInvocation Of(string line) => BazelInvocation.Of(
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _folder.At("space/deep"),
        new SettingsEnvironment(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = _folder.At("home"),
        }));
}
