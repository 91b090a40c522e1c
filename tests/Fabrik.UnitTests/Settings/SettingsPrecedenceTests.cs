using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Xunit;

namespace Fabrik.UnitTests.Settings;

public sealed class SettingsPrecedenceTests
{
    private const string Flag = "--config-cache-max-size=1GB";
    private const string Variable = "FABRIK_CONFIG_CACHE_MAX_SIZE";

    [Theory]
    [InlineData(false, false, false, 10, "default")]
    [InlineData(false, false, true, 3, "fabrik.toml:2:12")]
    [InlineData(false, true, false, 2, Variable)]
    [InlineData(false, true, true, 2, Variable)]
    [InlineData(true, false, false, 1, "--config-cache-max-size")]
    [InlineData(true, false, true, 1, "--config-cache-max-size")]
    [InlineData(true, true, false, 1, "--config-cache-max-size")]
    [InlineData(true, true, true, 1, "--config-cache-max-size")]
    public void Load_FromSeveralSources_TheStrongestWins(
        bool flag, bool variable, bool file, int gigabytes, string origin)
    {
        using SettingsFixture fixture = new();
        if (file)
        {
            fixture.Folder.Write("fabrik.toml", "[cache]\nmax_size = \"3GB\"");
        }

        if (variable)
        {
            fixture.With(Variable, "2GB");
        }

        EffectiveSettings settings = fixture.Load(flag ? [Flag] : []);
        Assert.Equal(ByteSize.GB(gigabytes), settings.Get(CacheSettings.MaxSize));
        Assert.EndsWith(origin, settings.OriginOf(CacheSettings.MaxSize).ToString());
    }
}
