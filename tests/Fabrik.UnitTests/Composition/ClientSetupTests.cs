using Fabrik.Composition;
using Xunit;

namespace Fabrik.UnitTests.Composition;

public sealed class ClientSetupTests
{
    private const string Url = "http://127.0.0.1:8080";

    private static readonly HashSet<string> All = Only("gradle", "nx", "turborepo", "bazel", "http");

    [Fact]
    public void Lines_WithoutTokens_NameNone()
    {
        string[] lines = [.. ClientSetup.Lines(Url, All, needsToken: false)];
        Assert.DoesNotContain(lines, line => line.Contains("FABRIK_TOKEN", StringComparison.Ordinal));
        Assert.Contains($"export NX_SELF_HOSTED_REMOTE_CACHE_SERVER={Url}", lines, StringComparer.Ordinal);
        Assert.Contains($"export TURBO_API={Url} TURBO_TOKEN=local TURBO_TEAM=fabrik", lines, StringComparer.Ordinal);
        Assert.Contains($"export CCACHE_REMOTE_STORAGE=\"{Url}/ccache\"", lines, StringComparer.Ordinal);
        Assert.Contains($"export SCCACHE_WEBDAV_ENDPOINT={Url}/webdav/", lines, StringComparer.Ordinal);
        Assert.Contains(lines, line => line.Contains($"url = '{Url}/cache/'", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_WithTokens_TakeTheSameVariableForEveryTool()
    {
        string[] lines = [.. ClientSetup.Lines(Url, All, needsToken: true)];
        int tools = lines.Count(line => line.Length == 0);
        Assert.Equal(6, tools);
        Assert.Equal(tools, lines.Count(line => line.Contains("FABRIK_TOKEN", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_OfOneAdapter_NameThatOneOnly() => Assert.Equal(
        ["# Nx: environment", $"export NX_SELF_HOSTED_REMOTE_CACHE_SERVER={Url}", ""],
        ClientSetup.Lines(Url, Only("nx"), needsToken: false).ToArray());

    [Fact]
    public void Lines_OfBazel_TakeTheSchemeOfTheAddress() => Assert.Contains(
        "build --remote_cache=grpc://127.0.0.1:9090",
        ClientSetup.Lines("grpc://127.0.0.1:9090", Only("bazel"), needsToken: false),
        StringComparer.Ordinal);

    [Fact]
    public void Lines_OfS3_TakeATokenAsAccessKey()
    {
        const string S3 = "http://127.0.0.1:9000";
        Assert.Contains(
            ClientSetup.Lines(S3, Only("s3"), needsToken: false),
            line => line.Contains($"SCCACHE_BUCKET=fabrik SCCACHE_ENDPOINT={S3} ", StringComparison.Ordinal));
        Assert.Contains(
            "export AWS_ACCESS_KEY_ID=$FABRIK_TOKEN AWS_SECRET_ACCESS_KEY=token",
            ClientSetup.Lines(S3, Only("s3"), needsToken: true),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_OfGradle_CloseWhatTheyOpen(bool needsToken)
    {
        string line = Assert.Single(
            ClientSetup.Lines(Url, Only("gradle"), needsToken),
            line => line.StartsWith("buildCache", StringComparison.Ordinal));
        Assert.Equal(line.Count(c => c == '{'), line.Count(c => c == '}'));
    }

    private static HashSet<string> Only(params string[] adapters) => new(adapters, StringComparer.Ordinal);
}
