using Fabrik.Settings;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
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
        Setting<ByteSize> size = name == "s3-proxy" ? S3ProxySettings.DiskSize : CacheSettings.MaxSize;
        Assert.Equal(OriginKind.File, _fixture.Load().OriginOf(size).Kind);
    }

    [Fact]
    public void Write_NameThatThereIsNot_IsNull() => Assert.Null(ConfigTemplates.Write("layer4"));

    [Theory]
    [InlineData("server")]
    [InlineData("s3-proxy")]
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
