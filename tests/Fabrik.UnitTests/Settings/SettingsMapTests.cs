using System.Text.Json;
using Fabrik.Settings;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Reload;
using Fabrik.Settings.Schema;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>Tables that the file gives names.</summary>
public sealed class SettingsMapTests : IDisposable
{
    private const string Toml = """
        [pools.zeta]
        sizes = ["1", "2"]
        limits.most = 7
        [pools.alpha-1]
        [pools.Mid]
        token = "hush"
        """;

    private const string Yaml = """
        pools:
          zeta: { sizes: ["1", "2"], limits: { most: 7 } }
          alpha-1:
          Mid: { token: hush }
        """;

    private const string Json = """
        {"pools": {"zeta": {"sizes": ["1", "2"], "limits": {"most": 7}}, "alpha-1": {}, "Mid": {"token": "hush"}}}
        """;

    private static readonly SettingsSection Pools = new("pools", "Pools by name.") { IsMap = true };

    private static readonly Setting<IReadOnlyList<string>> Sizes = Pools.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList) { Name = "sizes", Help = "Sizes.", Fallback = [] });

    private static readonly Setting<string> Token = Pools.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "token",
        Help = "A secret.",
        Fallback = "",
        IsSecret = true,
    });

    private static readonly SettingsSection Limits = Pools.Add(new SettingsSection("limits", "Limits."));

    private static readonly Setting<int> Most = Limits.Add(new Setting<int>(SettingTypes.Integer(1, 9))
    {
        Name = "most",
        Help = "The most.",
        Fallback = 3,
    });

    private static readonly SettingsSchema Schema = new(Pools);

    private readonly SettingsFixture _fixture = new() { Schema = Schema };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("fabrik.toml", Toml)]
    [InlineData("fabrik.yaml", Yaml)]
    [InlineData("fabrik.json", Json)]
    public void Load_TablesWithNames_KeepsTheOrderOfTheFile(string file, string text)
    {
        _fixture.Folder.Write(file, text);
        IReadOnlyList<EffectiveSettings> pools = _fixture.Load().Items(Pools);
        Assert.Equal(["zeta", "alpha-1", "Mid"], pools.Select(pool => pool.Name), StringComparer.Ordinal);
        Assert.Equal([7, 3, 3], pools.Select(pool => pool.Get(Most)));
        Assert.Equal(["1", "2"], pools[0].Get(Sizes));
        Assert.Equal("pools.alpha-1.limits.most", pools[1].KeyOf(Most));
    }

    [Fact]
    public void Load_OverridesByName_WinOverTheFile()
    {
        _fixture.Folder.Write("fabrik.toml", Toml);
        _fixture.With("FABRIK_CONFIG_POOLS_ALPHA_1_LIMITS_MOST", "5").With("FABRIK_CONFIG_POOLS_ZETA_SIZES_1", "9");
        IReadOnlyList<EffectiveSettings> pools = _fixture.Load("--config-pools-mid-limits-most", "6").Items(Pools);
        Assert.Equal([7, 5, 6], pools.Select(pool => pool.Get(Most)));
        Assert.Equal(["1", "9"], pools[0].Get(Sizes));
        Assert.Equal("--config-pools-mid-limits-most", pools[2].OriginOf(Most).ToString());
    }

    [Fact]
    public void Load_OverrideOfANameThatTheFileHasNot_SuggestsTheNearest()
    {
        _fixture.Folder.Write("fabrik.toml", Toml);
        _fixture.With("FABRIK_CONFIG_POOLS_ZETTA_LIMITS_MOST", "5");
        Assert.Equal(
            [
                "FABRIK_CONFIG_POOLS_ZETTA_LIMITS_MOST: unknown variable: no setting goes by this name; "
                    + "did you mean \"FABRIK_CONFIG_POOLS_ZETA_LIMITS_MOST\"?",
            ],
            _fixture.Errors());
    }

    [Fact]
    public void Load_OverrideThatTwoNamesFit_IsAnError()
    {
        _fixture.Folder.Write("fabrik.toml", "[pools.a-b]\n[pools.a_b]\n[pools.c]");
        Assert.Equal(3, _fixture.Load("--config-pools-c-limits-most=2").Items(Pools).Count);
        Assert.Equal(
            [
                "--config-pools-a-b-limits-most: pools.a_b.limits.most: expected a name of one setting, found that of "
                    + "pools.a-b.limits.most too",
            ],
            _fixture.Errors("--config-pools-a-b-limits-most=2"));
    }

    [Theory]
    [InlineData("[pools.\"a b\"]", "fabrik.toml:1:8: pools.a b: expected a name of up to 64 letters")]
    [InlineData("[pools.\"a\\n\"]", "expected a name of up to 64 letters")]
    [InlineData("[pools.a]\nsize = []", "fabrik.toml:2:1: pools.a.size: unknown key; did you mean \"sizes\"?")]
    [InlineData("[pools.a.limit]", "fabrik.toml:1:10: pools.a.limit: unknown section; did you mean \"limits\"?")]
    [InlineData("[pools]\na = 5", "fabrik.toml:2:5: pools.a: expected a table of settings, found something else")]
    [InlineData("pools = []", "fabrik.toml:1:9: pools: expected a table of settings, found something else")]
    public void Load_WrongShape_IsAnErrorAtTheValue(string toml, string error)
    {
        _fixture.Folder.Write("fabrik.toml", toml);
        Assert.Contains(error, Assert.Single(_fixture.Errors()));
    }

    [Fact]
    public void Show_OfTablesWithNames_LoadsAgainToTheSameWithoutSecrets()
    {
        _fixture.Folder.Write("fabrik.toml", Toml.Replace("token = \"hush\"", "", StringComparison.Ordinal));
        EffectiveSettings settings = _fixture.Load();
        _fixture.Folder.Write("fabrik.toml", SettingsReport.ToText(settings));
        Assert.Empty(SettingChange.Between(settings, _fixture.Load()));

        _fixture.Folder.Write("fabrik.toml", Toml);
        settings = _fixture.Load();
        Assert.Contains("\n[pools.zeta.limits]\nmost = 7", SettingsReport.ToText(settings));
        Assert.DoesNotContain("hush", SettingsReport.ToText(settings));
        using JsonDocument json = JsonDocument.Parse(SettingsReport.ToJson(settings));
        Assert.Equal("alpha-1", json.RootElement.GetProperty("pools")[1].GetProperty("name").GetString());
    }

    [Fact]
    public void Between_NamesThatChange_AreAChangeOfTheSection()
    {
        _fixture.Folder.Write("fabrik.toml", "[pools.a]\n[pools.b]");
        EffectiveSettings old = _fixture.Load();
        _fixture.Folder.Write("fabrik.toml", "[pools.b]\n[pools.a]");
        Assert.Equal([new SettingChange("pools.<name>", false)], SettingChange.Between(old, _fixture.Load()));
    }

    [Fact]
    public void JsonSchema_OfTablesWithNames_TakesAnyName()
    {
        using JsonDocument schema = JsonDocument.Parse(SettingsJsonSchema.Write(Schema));
        JsonElement pools = schema.RootElement.GetProperty("properties").GetProperty("pools");
        Assert.Equal("object", pools.GetProperty("type").GetString());
        Assert.True(pools.GetProperty("additionalProperties").GetProperty("properties").TryGetProperty("sizes", out _));
        Assert.Contains("## [pools.\\<name>]", ReferencePage.Write(Schema));
        Assert.Contains("`FABRIK_CONFIG_POOLS_<NAME>_`", ReferencePage.Write(Schema));
    }
}
