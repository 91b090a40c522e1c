using Fabrik.Settings;
using Xunit;

namespace Fabrik.UnitTests.Settings;

public sealed class SettingsArrayTests : IDisposable
{
    private readonly SettingsFixture _fixture = new() { Schema = TestSchema.Schema };

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Load_ArrayOfTables_GivesEachItsOwnValues()
    {
        _fixture.Folder.Write("fabrik.toml", """
            [[upstream]]
            url = "grpc://one:7070"
            timeout = "5s"
            tls.verify = false
            [[upstream.replica]]
            region = "us"
            [[upstream.replica]]
            [[upstream]]
            url = "https://two"
            """);
        IReadOnlyList<EffectiveSettings> items = _fixture.Load().Items(TestSchema.Upstream);
        Assert.Equal(["grpc://one:7070/", "https://two/"], items.Select(item => item.Get(TestSchema.Url)!.ToString()).ToArray());
        Assert.Equal([5.0, 30.0], items.Select(item => item.Get(TestSchema.Timeout).TotalSeconds));
        Assert.Equal([false, true], items.Select(item => item.Get(TestSchema.Verify)));
        Assert.Equal(["us", "none"], Regions(items[0]));
        Assert.Empty(items[1].Items(TestSchema.Replica));
    }

    [Fact]
    public void Load_VariablesAndFlagsByIndex_ChangeAndExtendTheFile()
    {
        _fixture.Folder.Write("fabrik.toml", "[[upstream]]\nurl = \"grpc://one\"\ntimeout = \"5s\"");
        _fixture
            .With("FABRIK_CONFIG_UPSTREAM_0_TIMEOUT", "6s")
            .With("FABRIK_CONFIG_UPSTREAM_1_URL", "grpc://two")
            .With("FABRIK_CONFIG_UPSTREAM_1_REPLICA_0_REGION", "eu");
        IReadOnlyList<EffectiveSettings> items = _fixture
            .Load("--config-upstream-1-url=grpc://three", "--config-upstream-2-url", "grpc://four")
            .Items(TestSchema.Upstream);
        Assert.Equal(["one", "three", "four"], items.Select(item => item.Get(TestSchema.Url)!.Host).ToArray());
        Assert.Equal("FABRIK_CONFIG_UPSTREAM_0_TIMEOUT", items[0].OriginOf(TestSchema.Timeout).ToString());
        Assert.Equal("--config-upstream-1-url", items[1].OriginOf(TestSchema.Url).ToString());
        Assert.Equal("eu", items[1].Items(TestSchema.Replica)[0].Get(TestSchema.Region));
    }

    [Fact]
    public void Load_IndexWithAGap_IsAnError()
    {
        _fixture.With("FABRIK_CONFIG_UPSTREAM_0_URL", "grpc://a").With("FABRIK_CONFIG_UPSTREAM_2_URL", "grpc://b");
        string[] errors = _fixture.Errors();
        Assert.StartsWith("FABRIK_CONFIG_UPSTREAM_1_*: upstream[1]: expected the index 1 next", errors[0]);
    }

    [Fact]
    public void Load_ElementWithoutARequiredKey_IsAnErrorAtTheElement()
    {
        _fixture.Folder.Write("fabrik.toml", "\n  [[upstream]]\n  timeout = \"5s\"\n");
        Assert.Equal(
            ["fabrik.toml:2:5: upstream[0].url: expected a URL that begins with grpc:// or https://, found nothing"],
            _fixture.Errors());
    }

    [Fact]
    public void Load_UnknownKeyInAnElement_NamesItsIndex()
    {
        _fixture.Folder.Write("fabrik.toml", "[[upstream]]\nurl = \"grpc://a\"\n[[upstream]]\nurl=\"grpc://b\"\ntimeot=1\n");
        Assert.Equal(
            ["fabrik.toml:5:1: upstream[1].timeot: unknown key; did you mean \"timeout\"?"], _fixture.Errors());
    }

    [Theory]
    [InlineData("upstream = 5", "fabrik.toml:1:12: upstream: expected an array of tables, found something else")]
    [InlineData("upstream = [5]", "fabrik.toml:1:13: upstream[0]: expected a table of settings, found something else")]
    [InlineData("general = []", "fabrik.toml:1:11: general: expected a table of settings, found something else")]
    public void Load_WrongShape_IsAnErrorAtTheValue(string toml, string error)
    {
        _fixture.Folder.Write("fabrik.toml", toml);
        Assert.Contains(_fixture.Errors(), found => found == error);
    }

    [Fact]
    public void Load_ListByCommasAndByIndex_BothWork()
    {
        _fixture.Folder.Write("fabrik.toml", "[general]\nnames = [\"x\", \"y\"]");
        Assert.Equal(["x", "y"], Names());
        Assert.Equal(["x", "z", "w"], Names("--config-general-names-1=z", "--config-general-names-2=w"));
        Assert.Equal(["p", "q"], Names("--config-general-names", "p, q"));
        Assert.Empty(Names("--config-general-names="));
        _fixture.With("FABRIK_CONFIG_GENERAL_NAMES_0", "v");
        Assert.Equal(["v", "y"], Names());
        Assert.Equal(["--config-general-names-5: general.names: expected the index 2 next, found 5"], _fixture.Errors(
            "--config-general-names-5=x"));
    }

    private static string[] Regions(EffectiveSettings upstream) =>
        [.. upstream.Items(TestSchema.Replica).Select(item => item.Get(TestSchema.Region))];

    private string[] Names(params string[] arguments) => [.. _fixture.Load(arguments).Get(TestSchema.Names)];
}
