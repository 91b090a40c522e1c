using System.Buffers.Text;
using System.Text;
using Fabrik.Upstreams.Ci;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Ci;

public sealed class CiDetectionTests
{
    private readonly Dictionary<string, string> _github = new(StringComparer.Ordinal)
    {
        ["GITHUB_ACTIONS"] = "true",
        ["GITHUB_SERVER_URL"] = "https://github.com",
        ["ACTIONS_CACHE_SERVICE_V2"] = "True",
        ["ACTIONS_RESULTS_URL"] = "https://results.example/",
        ["ACTIONS_RUNTIME_TOKEN"] = "secret",
    };

    private readonly Dictionary<string, string> _gitlab = new(StringComparer.Ordinal)
    {
        ["GITLAB_CI"] = "true",
        ["CI_API_V4_URL"] = "https://gitlab.example/api/v4",
        ["CI_PROJECT_ID"] = "17",
        ["CI_JOB_TOKEN"] = "secret",
    };

    [Fact]
    public void Nothing_IsDetectedAtHome() => Assert.Null(CiDetection.Detect(static _ => null));

    [Fact]
    public void GitHub_WithAllVariables_GivesItsService()
    {
        var detected = Detect(_github);

        Assert.Equal(CiKind.GitHubActions, detected.Kind);
        Assert.Equal("https://results.example/", detected.GitHub?.Service.AbsoluteUri);
        Assert.Equal((true, true), (detected.GitHub?.MayRead, detected.GitHub?.MayWrite));
        Assert.Contains("results.example can be read and written", detected.Summary, StringComparison.Ordinal);
        Assert.Null(detected.GitLabPackages);
    }

    [Fact]
    public void GitHub_WithAReadingToken_IsNotWritten()
    {
        var claims = """{"ac":"[{\"Scope\":\"refs/heads/main\",\"Permission\":1}]","exp":1900000000}""";
        _github["ACTIONS_RUNTIME_TOKEN"] = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.s";

        var detected = Detect(_github);

        Assert.False(detected.GitHub?.MayWrite);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000), detected.GitHub?.ExpiresAt);
        Assert.Contains("read, but not written", detected.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", true, false)]
    [InlineData("write-only", false, true)]
    [InlineData("none", false, false)]
    [InlineData("write", true, true)]
    [InlineData("of the future", true, true)]
    public void GitHub_KeepsToTheJobsMode(string mode, bool mayRead, bool mayWrite)
    {
        _github["ACTIONS_CACHE_MODE"] = mode;

        Assert.Equal((mayRead, mayWrite), (Detect(_github).GitHub!.MayRead, Detect(_github).GitHub!.MayWrite));
    }

    [Theory]
    [InlineData("ACTIONS_CACHE_SERVICE_V2", null, "ACTIONS_CACHE_SERVICE_V2 is not set")]
    [InlineData("ACTIONS_CACHE_SERVICE_V2", "false", "ACTIONS_CACHE_SERVICE_V2 is not set")]
    [InlineData("ACTIONS_RESULTS_URL", null, "ACTIONS_RESULTS_URL is not set")]
    [InlineData("ACTIONS_RESULTS_URL", "results", "ACTIONS_RESULTS_URL is not an http or https URL")]
    [InlineData("ACTIONS_RUNTIME_TOKEN", "", "ACTIONS_RUNTIME_TOKEN is not set")]
    [InlineData("ACTIONS_RUNTIME_TOKEN", "a\nb", "ACTIONS_RUNTIME_TOKEN holds a line break")]
    public void GitHub_WithoutAVariable_SaysWhichOne(string name, string? value, string expected)
    {
        _github[name] = value!;

        var detected = Detect(_github);

        Assert.Null(detected.GitHub);
        Assert.Contains(expected, detected.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void GitHub_OnAServerOfOnesOwn_HasNoServiceOfVersion2()
    {
        _github.Remove("ACTIONS_CACHE_SERVICE_V2");
        _github["GITHUB_SERVER_URL"] = "https://git.example";

        Assert.Contains("Enterprise Server", Detect(_github).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitLab_OffersItsRegistryOnly()
    {
        var detected = Detect(_gitlab);

        Assert.Equal(CiKind.GitLab, detected.Kind);
        Assert.Null(detected.GitHub);
        var packages = detected.GitLabPackages!;
        Assert.Equal(
            "https://gitlab.example/api/v4/projects/17/packages/generic/fabrik-cache/", packages.BaseUrl.AbsoluteUri);
        Assert.False(packages.CanDelete);
        using var request = new HttpRequestMessage();
        (await packages.Credential!(CancellationToken.None))!.AddTo(request.Headers);
        Assert.Equal("secret", request.Headers.GetValues("JOB-TOKEN").Single());
        Assert.Contains("only when it is asked for", detected.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CI_API_V4_URL", "", "CI_API_V4_URL is not set")]
    [InlineData("CI_API_V4_URL", "gitlab", "CI_API_V4_URL is not a URL")]
    [InlineData("CI_PROJECT_ID", "../1", "CI_PROJECT_ID is not a number")]
    [InlineData("CI_JOB_TOKEN", "", "CI_JOB_TOKEN is not set")]
    [InlineData("CI_JOB_TOKEN", "a\rb", "CI_JOB_TOKEN holds a line break")]
    public void GitLab_WithoutAVariable_SaysWhichOne(string name, string value, string expected)
    {
        _gitlab[name] = value;

        var detected = Detect(_gitlab);

        Assert.Null(detected.GitLabPackages);
        Assert.Contains(expected, detected.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Detected_InText_HasNoSecret()
    {
        Assert.DoesNotContain("secret", Detect(_github).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", Detect(_gitlab).ToString(), StringComparison.Ordinal);
    }

    private static DetectedCi Detect(Dictionary<string, string> variables) =>
        CiDetection.Detect(name => variables.GetValueOrDefault(name))!;
}
