using Xunit;

namespace Fabrik.UnitTests.Settings;

public sealed class SettingsErrorTests
{
    [Fact]
    public void Load_ManyErrorsInAToml_AreAllReportedWithTheirPlaces()
    {
        using SettingsFixture fixture = new();
        fixture.Folder.Write("fabrik.toml", """
            [cache]
            max_sise = "10GB"
              max_size = "lots"
            eviction_policy = "lfuu"
            [chache]
            dir = "x"
            [auth]
            required = "yes"
            [[p2p]]
            secret = "x"
            [build_tools]
            enabled = ["gradel", 7, "sccache"]
            """);
        fixture.With("FABRIK_CONFIG_CACHE_LEESE", "1h").With("FABRIK_CONFIG_P2P_SECRET", "x");
        Assert.Equal(
            [
                "fabrik.toml:5:2: chache: unknown section; did you mean \"cache\"?",
                "fabrik.toml:9:3: p2p: this section is not supported by this version",
                "fabrik.toml:2:1: cache.max_sise: unknown key; did you mean \"max_size\"?",
                "fabrik.toml:3:14: cache.max_size: expected a size such as \"10GB\" or \"512MiB\", from 1MiB to 1PiB, found " + "\"lots\"",
                "fabrik.toml:4:19: cache.eviction_policy: expected one of lru, lfu, ttl, found \"lfuu\"; did you mean \"lfu\"?",
                "fabrik.toml:8:12: auth.required: expected true or false, found \"yes\"",
                "fabrik.toml:12:12: build_tools.enabled: expected one of gradle, nx, turborepo, bazel, http, s3, found \"gradel\"; did you mean \"gradle\"?",
                "fabrik.toml:12:22: build_tools.enabled: expected one of gradle, nx, turborepo, bazel, http, s3, "
                    + "found 7",
                "fabrik.toml:12:25: build_tools.enabled: expected one of gradle, nx, turborepo, bazel, http, s3 (this version supports no others), found \"sccache\"",
                "FABRIK_CONFIG_CACHE_LEESE: unknown variable: no setting goes by this name; did you mean \"FABRIK_CONFIG_CACHE_LEASE\"?",
                "FABRIK_CONFIG_P2P_SECRET: p2p is not supported by this version",
            ],
            fixture.Errors());
    }
}
