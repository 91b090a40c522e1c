using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Xunit;

namespace Fabrik.UnitTests.Settings.Files;

public sealed class SettingsFormatTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(
        "fabrik.toml",
        "[cache]\nmax_size = \"20GB\"\n[build_tools]\nenabled = [\"nx\"]\nport = 0x10\n[auth]\nissuer = \"é\"")]
    [InlineData("fabrik.yaml", "cache: {max_size: 20GB}\nbuild_tools:\n  enabled: [nx]\n  port: 0x10\nauth:\n  issuer: é\nruntime:\n")]
    [InlineData("fabrik.yml", "--- # one\ncache:\n  max_size: !!str 20GB\nbuild_tools: {enabled: ['nx'], port: 16}\nauth: {issuer: \"\\u00e9\"}")]
    [InlineData("fabrik.json", "\uFEFF{\"$schema\": \"x\", \"cache\": {\"max_size\": 20000000000}, \"build_tools\": {\"enabled\": [\"nx\"], \"port\": 16}, \"auth\": {\"issuer\": \"\\u00e9\"}}")]
    public void Load_SameContentInEveryFormat_GivesTheSameSettings(string name, string text)
    {
        _fixture.Folder.Write(name, text);
        EffectiveSettings settings = _fixture.Load();
        Assert.Equal(ByteSize.GB(20), settings.Get(CacheSettings.MaxSize));
        Assert.Equal("nx", Assert.Single(settings.Get(BuildToolsSettings.Enabled)));
        Assert.Equal(16, settings.Get(BuildToolsSettings.Port));
        Assert.Equal("é", settings.Get(AuthSettings.Issuer));
        Assert.Equal(_fixture.Folder.At(name), settings.FilePath);
        Assert.Equal(64, settings.FileDigest.Length);
    }

    [Theory]
    [InlineData("fabrik.toml", "[auth]\nissuer = \"é😀\" ; required = 1", "fabrik.toml:2:15: expected the end of the line, found ';'")]
    [InlineData("fabrik.yaml", "auth: { issuer: \"é😀\", required: 1 }", "fabrik.yaml:1:33: auth.required: expected true or false, found 1")]
    [InlineData("fabrik.yaml", "auth:\n  required: yes\n", "fabrik.yaml:2:13: auth.required: expected true or false, found \"yes\"")]
    [InlineData("fabrik.yaml", "auth:\n  issuer: a\n  issuer: b\n", "fabrik.yaml:3:3: issuer: expected a new key, found one that is already in the mapping")]
    [InlineData("fabrik.yaml", "auth: {}\n---\nauth: {}\n", "fabrik.yaml:2:1: expected the end of the file, found another document")]
    [InlineData("fabrik.yaml", "- a\n", "fabrik.yaml:1:1: expected a mapping, found something else")]
    [InlineData("fabrik.yaml", "auth: *x\n", "fabrik.yaml:1:7: expected at most 100 aliases, each of an anchor above it")]
    [InlineData("fabrik.yaml", "auth: {[a]: b}\n", "fabrik.yaml:1:8: expected a key that is a string, found something else")]
    [InlineData("fabrik.json", "{\n \"auth\": {\"issuer\": \"é😀\", \"required\": \"x\"}}", "fabrik.json:2:39: auth.required: expected true or false, found \"x\"")]
    [InlineData("fabrik.json", "{\"auth\": {\"issuer\": \"a\", \"issuer\": \"b\"}}", "fabrik.json:1:26: issuer: expected a new key, found one that is already in the object")]
    [InlineData("fabrik.json", "[]", "fabrik.json:1:1: expected an object, found something else")]
    [InlineData("fabrik.json", "{\"é😀\": 1,}", "fabrik.json:1:10: expected valid JSON, without comments or trailing commas and at most 32 objects and arrays in each other")]
    public void Load_WrongInAnyFormat_SaysWhere(string name, string text, string error)
    {
        _fixture.Folder.Write(name, text);
        Assert.Contains(_fixture.Errors(), found => found == error);
    }

    [Theory]
    [InlineData("fabrik.toml", "x = ", "[", "]")]
    [InlineData("fabrik.yaml", "x: ", "[", "]")]
    [InlineData("fabrik.yaml", "x: ", "{a: ", "}")]
    [InlineData("fabrik.json", "{\"x\": ", "[", "]")]
    [InlineData("fabrik.json", "{\"x\": ", "{\"a\": ", "}")]
    public void Load_DeeperThanTheLimit_IsRefusedAndNotAnOverflow(string name, string before, string open, string close)
    {
        const int Levels = 20_000;
        string deep = string.Concat(Enumerable.Repeat(open, Levels)) + string.Concat(Enumerable.Repeat(close, Levels));
        _fixture.Folder.Write(name, before + deep + (name.EndsWith("json", StringComparison.Ordinal) ? "}" : ""));
        Assert.Contains(_fixture.Errors(), error => error.Contains("expected", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_AliasesOfAliases_CostNothing()
    {
        string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i =>
            $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n")) + "auth:\n  audience: *a30\n";
        _fixture.Folder.Write("fabrik.yaml", yaml);
        Assert.NotEmpty(_fixture.Errors());
    }

    [Fact]
    public void Load_YamlAnchors_AreResolved()
    {
        _fixture.Folder.Write("fabrik.yaml", "auth:\n  issuer: &who me\n  audience: [*who, you]\n");
        Assert.Equal(["me", "you"], _fixture.Load().Get(AuthSettings.Audience).ToArray());
    }

    [Theory]
    [InlineData("fabrik.yaml")]
    [InlineData("fabrik.json")]
    [InlineData("fabrik.toml")]
    public void Load_BytesThatAreNotUtf8_AreRefused(string name)
    {
        File.WriteAllBytes(_fixture.Folder.At(name), "{ \"auth\": \"\xFF\" }"u8.ToArray().Append((byte)0xFF).ToArray());
        Assert.NotEmpty(_fixture.Errors());
    }
}
