using Fabrik.Settings;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;
using Fabrik.UnitTests.Tidy;
using Xunit;

namespace Fabrik.UnitTests.Settings.Reference;

public sealed class ConfigTemplatesTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public static TheoryData<string> Names => [.. ConfigTemplates.Names];

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_EveryTemplate_IsValid(string name)
    {
        _fixture.Folder.Write("fabrik.toml", ConfigTemplates.Write(name)!);
        EffectiveSettings settings = _fixture.Load();
        Assert.Contains(settings.Settings, settings.IsSet);
    }

    [Fact]
    public void Write_OfTheS3Proxy_AgreesWithTheExample()
    {
        _fixture.Folder.Write("fabrik.toml", ConfigTemplates.Write("s3-proxy")!);
        EffectiveSettings template = _fixture.Load();
        string path = _fixture.Folder.Write("example.yaml", SourceTree.Get("examples/s3-proxy.yaml").Text);
        SettingsOutcome outcome = SettingsLoader.Load(_fixture.Sources(path));
        Assert.Empty(outcome.Errors);
        ExpectSame(S3ProxySettings.Bind);
        ExpectSame(S3ProxySettings.Jwt.Algorithm);
        ExpectSame(S3ProxySettings.Jwt.PublicKeyFile);
        ExpectSame(S3ProxySettings.MemorySize);
        ExpectSame(S3ProxySettings.Directory);
        ExpectSame(S3ProxySettings.DiskSize);

        void ExpectSame<T>(Setting<T> setting) =>
            Assert.Equal(template.Get(setting), outcome.Settings!.Get(setting));
    }

    [Fact]
    public void Write_NameThatThereIsNot_IsNull() => Assert.Null(ConfigTemplates.Write("layer4"));

    [Theory]
    [InlineData("server")]
    [InlineData("s3-proxy")]
    [InlineData("memcached-proxy")]
    public void Show_OfASettingsFile_LoadsAgainToTheSame(string template)
    {
        _fixture.Folder.Write("fabrik.toml", ConfigTemplates.Write(template)!);
        EffectiveSettings settings = _fixture.Load();
        _fixture.Folder.Write("fabrik.toml", SettingsReport.ToText(settings));
        EffectiveSettings again = _fixture.Load();
        Assert.Empty(Fabrik.Settings.Reload.SettingChange.Between(settings, again));
    }

    [Fact]
    public void Rows_OfHelp_HoldEverySettingAndAlias()
    {
        IReadOnlyList<HelpRow> rows = SettingsHelp.Rows(SettingsSchema.Product);
        Assert.Equal(SettingsSchema.Product.Settings.Count() + SettingsSchema.Product.FlagAliases.Count, rows.Count);
        Assert.Contains(rows, row => row.Flag == "--config-cache-eviction-policy <lru|lfu|ttl>");
    }

    [Fact]
    public void Declarations_OfTheProduct_AreWellFormed()
    {
        Assert.All(SettingsSchema.Product.Settings, setting =>
        {
            Assert.Matches("^[a-z][a-z0-9_]*$", setting.Name);
            Assert.EndsWith(".", setting.Help);
        });
        Assert.Equal(
            SettingsSchema.Product.Settings.Count(),
            SettingsSchema.Product.Settings.Select(setting => setting.Key).Distinct(StringComparer.Ordinal).Count());
    }
}
