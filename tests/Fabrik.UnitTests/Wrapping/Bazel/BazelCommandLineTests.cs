using Fabrik.Wrapping.Bazel;
using Xunit;

namespace Fabrik.UnitTests.Wrapping.Bazel;

public sealed class BazelCommandLineTests
{
    [Theory]
    [InlineData("build //...", "build")]
    [InlineData("--output_base=/tmp/o build //...", "build")]
    [InlineData("--output_base /tmp/build test //...", "test")]
    [InlineData("--nohome_rc --host_jvm_args=-Xmx1g --bazelrc x run //a -- build", "run")]
    [InlineData("--batch version", "version")]
    [InlineData("--output_base", null)]
    [InlineData("--help", null)]
    [InlineData("", null)]
    public void Parse_CommandLine_FindsTheCommandBehindStartupOptions(string line, string? command) =>
        Assert.Equal(command, Parse(line).Command);

    [Theory]
    [InlineData("build", true)]
    [InlineData("test", true)]
    [InlineData("run", true)]
    [InlineData("coverage", true)]
    [InlineData("mobile-install", true)]
    [InlineData("query", false)]
    [InlineData("info", false)]
    [InlineData("clean", false)]
    [InlineData("version", false)]
    [InlineData("", false)]
    public void Builds_OfACommand_IsWhetherItRunsActions(string command, bool builds) =>
        Assert.Equal(builds, Parse(command).Builds);

    [Fact]
    public void With_Options_StandRightBehindTheCommandAndMoveNothing() => Assert.Equal(
        "--bazelrc=new --output_base /o test --remote_cache=c --config=x //... -- --flag",
        string.Join(' ', Parse("--output_base /o test --config=x //... -- --flag").With(
            ["--bazelrc=new"], ["--remote_cache=c"])));

    [Fact]
    public void Options_OfACommand_EndWhereThoseOfTheProgramBegin() => Assert.Equal(
        ["//x"], Parse("run //x -- --remote_cache=no").Options);

    [Theory]
    [InlineData("--remote_cache=x", true)]
    [InlineData("--remote_cache= ", true)]
    [InlineData("--remote_cache x", true)]
    [InlineData("--remote_cache_header=x", false)]
    [InlineData("//remote_cache", false)]
    public void Has_Words_KnowsAnOptionByItsWholeName(string words, bool has) =>
        Assert.Equal(has, BazelCommandLine.Has(words.Split(' '), "--remote_cache"));

    private static BazelCommandLine Parse(string line) =>
        BazelCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
