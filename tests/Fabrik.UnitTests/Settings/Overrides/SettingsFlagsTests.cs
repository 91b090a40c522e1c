using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Xunit;

namespace Fabrik.UnitTests.Settings.Overrides;

public sealed class SettingsFlagsTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Extract_FlagsAmongOthers_TakesOnlyItsOwn()
    {
        SettingsFlags flags = SettingsFlags.Extract(
            [
                "daemon", "--config", "x.toml", "--config-cache-dir", "/a", "--verbose", "--config-auth-required",
                "--config-cache-max-size=1GB=", "--max-cache-size", "2GB", "--", "--config-cache-dir=/b",
            ],
            SettingsSchema.Product);
        Assert.Equal(
            ["daemon", "--config", "x.toml", "--verbose", "--", "--config-cache-dir=/b"], flags.Remaining.ToArray());
        Assert.Equal(
            ["CACHE_DIR=/a", "AUTH_REQUIRED=true", "CACHE_MAX_SIZE=1GB=", "CACHE_MAX_SIZE=2GB"],
            flags.Overrides.Select(item => $"{item.Token}={item.Text}").ToArray());
    }

    [Fact]
    public void Load_SwitchWithoutAValue_IsOn() =>
        Assert.False(_fixture.Load("--config-observability-health-enabled=false").Get(ObservabilitySettings.HealthEnabled));

    [Fact]
    public void Load_FlagWithoutAValue_IsAnErrorUnlessASwitch()
    {
        Assert.True(_fixture.Load("--config-observability-metrics-enabled").Get(ObservabilitySettings.MetricsEnabled));
        Assert.Equal(
            ["--config-build-tools-port: build_tools.port: expected an integer from 0 to 65535 after the flag, found nothing"],
            _fixture.Errors("--config-build-tools-port"));
    }

    [Theory]
    [InlineData("--config-cache-dirr=x", "unknown flag: no setting goes by this name; did you mean \"--config-cache-dir\"?")]
    [InlineData("--config-zzz=x", "unknown flag: no setting goes by this name")]
    [InlineData("--config-p2p-secret=x", "p2p is not supported by this version")]
    [InlineData("--config-build-tools-sccache-port=1", "build_tools.sccache is not supported by this version")]
    public void Load_UnknownFlag_IsAnErrorWithASuggestion(string flag, string problem) =>
        Assert.EndsWith(problem, Assert.Single(_fixture.Errors(flag)));

    [Fact]
    public void Load_FlagGivenTwice_TakesTheLast() => Assert.Equal(
        2, _fixture.Load("--config-build-tools-port=1", "--config-build-tools-port=2").Get(BuildToolsSettings.Port));
}
