using Fabrik.Composition;
using Xunit;

namespace Fabrik.UnitTests.Composition;

public sealed class ClientEnvironmentTests
{
    private static readonly Dictionary<string, int> Ports = new(StringComparer.Ordinal)
    {
        ["http"] = 1001,
        ["grpc"] = 1002,
        ["s3"] = 1003,
    };

    [Fact]
    public void Of_AllAdapters_TellsEveryToolItsAddress()
    {
        IReadOnlyDictionary<string, string> variables = Of(["gradle", "nx", "turborepo", "bazel", "http"]);
        Assert.Equal("http://127.0.0.1:1001", variables["FABRIK_HTTP_URL"]);
        Assert.Equal("grpc://127.0.0.1:1002", variables["FABRIK_GRPC_URL"]);
        Assert.Equal("http://127.0.0.1:1003", variables["FABRIK_S3_URL"]);
        Assert.Equal("http://127.0.0.1:1001/cache/", variables["GRADLE_BUILD_CACHE_URL"]);
        Assert.Equal("http://127.0.0.1:1001", variables["NX_SELF_HOSTED_REMOTE_CACHE_SERVER"]);
        Assert.Equal("http://127.0.0.1:1001", variables["TURBO_API"]);
        Assert.Equal("http://127.0.0.1:1001/ccache", variables["CCACHE_REMOTE_STORAGE"]);
        Assert.Equal("http://127.0.0.1:1001/webdav/", variables["SCCACHE_WEBDAV_ENDPOINT"]);
        Assert.Equal("grpc://127.0.0.1:1002", variables["MOON_REMOTE_HOST"]);
        Assert.DoesNotContain("NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN", variables.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public void Of_AToken_GivesItToEveryToolThatTakesOne()
    {
        IReadOnlyDictionary<string, string> variables = Of(["nx", "turborepo", "http"], "secret");
        Assert.Equal(
            [
                "CCACHE_REMOTE_STORAGE", "NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN", "SCCACHE_WEBDAV_TOKEN",
                "TURBO_TOKEN",
            ],
            variables.Where(variable => variable.Value.Contains("secret", StringComparison.Ordinal))
                .Select(variable => variable.Key).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Of_AToolThatPointsElsewhere_LeavesAllItsVariablesAlone() => Assert.DoesNotContain(
        Of(["turborepo"], null, ("TURBO_API", "https://other.example")).Keys,
        name => name.StartsWith("TURBO_", StringComparison.Ordinal));

    [Fact]
    public void Of_AnAdapterThatIsNotServed_NamesNothingOfIt() => Assert.Equal(
        ["FABRIK_GRPC_URL", "FABRIK_HTTP_URL", "FABRIK_S3_URL"],
        Of([]).Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static IReadOnlyDictionary<string, string> Of(
        string[] adapters, string? token = null, params (string Name, string Value)[] present) =>
        ClientEnvironment.Of(Ports, adapters, token, present.ToDictionary(
            variable => variable.Name, variable => variable.Value, StringComparer.Ordinal));
}
