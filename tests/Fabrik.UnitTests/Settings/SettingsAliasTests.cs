using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.UnitTests.Settings;

public sealed class SettingsAliasTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Load_OlderNamesInTheFile_AreTaken()
    {
        _fixture.Folder.Write("fabrik.toml", "[build_systems]\nport = 1\n[observability]\nmetrics_bind = \"[::1]:2\"");
        Assert.Equal(1, _fixture.Load().Get(BuildToolsSettings.Port));
        Assert.Equal(BindAddress.Tcp("::1", 2), _fixture.Load().Get(ObservabilitySettings.ApiBind));
    }

    [Fact]
    public void Load_OlderNamesInTheEnvironment_AreTaken()
    {
        _fixture.With("FABRIK_CONFIG_BUILD_SYSTEMS_PORT", "7").With("FABRIK_CONFIG_OBSERVABILITY_METRICS_BIND", "*:8");
        Assert.Equal(7, _fixture.Load().Get(BuildToolsSettings.Port));
        Assert.Equal(BindAddress.Tcp("*", 8), _fixture.Load().Get(ObservabilitySettings.ApiBind));
    }

    [Fact]
    public void Load_BothNames_AreAnError()
    {
        _fixture.Folder.Write("fabrik.toml", """
            [observability]
            metrics_bind = "*:1"
            api_bind = "*:2"
            [build_tools]
            [build_systems]
            """);
        Assert.Equal(
            [
                "fabrik.toml:5:2: build_systems: is set twice: build_tools in line 4 is the same",
                "fabrik.toml:3:1: observability.api_bind: is set twice: metrics_bind in line 2 is the same",
            ],
            _fixture.Errors());
    }

    [Fact]
    public void Load_BothNamesInTheEnvironment_AreAnError()
    {
        _fixture.With("FABRIK_CONFIG_BUILD_SYSTEMS_PORT", "7").With("FABRIK_CONFIG_BUILD_TOOLS_PORT", "8");
        Assert.Equal(
            [
                "FABRIK_CONFIG_BUILD_SYSTEMS_PORT: build_tools.port: is set twice: "
                    + "FABRIK_CONFIG_BUILD_TOOLS_PORT is the same setting",
            ],
            _fixture.Errors());
    }

    [Fact]
    public void Load_OlderFlags_SetWhatTheyStandFor()
    {
        var settings = _fixture.Load("--rocksdb-path=db", "--max-cache-size", "1GB", "--metrics-port=99");
        Assert.Equal(_fixture.Folder.At("db"), settings.Get(CacheSettings.Directory));
        Assert.Equal(ByteSize.GB(1), settings.Get(CacheSettings.MaxSize));
        Assert.Equal(BindAddress.Tcp("127.0.0.1", 99), settings.Get(ObservabilitySettings.ApiBind));
        Assert.Equal("--rocksdb-path", settings.OriginOf(CacheSettings.Directory).ToString());
    }

    [Fact]
    public void Load_RuntimeVariable_YieldsToTheSettingsOwn()
    {
        _fixture.With("FABRIK_LOG_LEVEL", "debug");
        Assert.Equal(LogLevel.Debug, _fixture.Load().Get(ObservabilitySettings.LogLevel));
        _fixture.With("FABRIK_CONFIG_OBSERVABILITY_LOG_LEVEL", "error");
        Assert.Equal(LogLevel.Error, _fixture.Load().Get(ObservabilitySettings.LogLevel));
        Assert.Equal(LogLevel.Trace, _fixture.Load("--log-level=trace").Get(ObservabilitySettings.LogLevel));
    }
}
