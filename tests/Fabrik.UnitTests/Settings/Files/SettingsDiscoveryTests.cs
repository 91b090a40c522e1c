using Fabrik.Settings;
using Fabrik.Settings.Files;
using Xunit;

namespace Fabrik.UnitTests.Settings.Files;

public sealed class SettingsDiscoveryTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Find_NothingAnywhere_LeavesDefaults() => Assert.Null(Find());

    [Fact]
    public void Find_EveryPlace_TakesTheMostSpecific()
    {
        string global = _fixture.Folder.Write("home/.config/fabrik/config.toml", "");
        Assert.Equal(global, Find());
        string xdg = _fixture.Folder.Write("xdg/fabrik/config.yaml", "");
        _fixture.With("XDG_CONFIG_HOME", _fixture.Folder.At("xdg"));
        Assert.Equal(xdg, Find());
        string parent = _fixture.Folder.Write("a/fabrik.json", "{}");
        Assert.Equal(parent, Find());
        string near = _fixture.Folder.Write("a/b/fabrik.yaml", "");
        Assert.Equal(near, Find());
        string variable = _fixture.Folder.Write("other.toml", "");
        _fixture.With("FABRIK_CONFIG_PATH", variable);
        Assert.Equal(variable, Find());
        string flag = _fixture.Folder.Write("a/b/flag.toml", "");
        Assert.Equal(flag, Find("flag.toml"));
    }

    [Theory]
    [InlineData(0, "fabrik.toml")]
    [InlineData(1, ".fabrik.toml")]
    [InlineData(2, "fabrik.yaml")]
    [InlineData(3, "fabrik.yml")]
    [InlineData(4, "fabrik.json")]
    public void Find_SeveralInOneFolder_TakesTheFirstOfTheList(int from, string expected)
    {
        foreach (string name in SettingsDiscovery.Names.Skip(from))
        {
            _fixture.Folder.Write($"a/b/{name}", "");
        }

        Assert.Equal(_fixture.Folder.At("a", "b", expected), Find());
    }

    [Fact]
    public void Find_NamedFileMissing_IsAnErrorAndNotASearch()
    {
        _fixture.Folder.Write("a/b/fabrik.toml", "");
        List<SettingError> errors = [];
        Assert.Null(SettingsDiscovery.Find(Sources("nowhere.toml"), errors));
        Assert.Equal(
            "--config: expected a configuration file, but \"nowhere.toml\" does not exist",
            Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("fabrik.ini", "", "expected a name that ends with .toml, .yaml, .yml or .json")]
    [InlineData("folder.toml/x", "", "expected a configuration file, but \"folder.toml\" is a folder")]
    public void Load_NamedFileOfNoUse_SaysWhy(string name, string text, string problem)
    {
        _fixture.Folder.Write(name, text);
        SettingsOutcome outcome = SettingsLoader.Load(_fixture.Sources(name.Split('/')[0]));
        Assert.EndsWith(problem, Assert.Single(outcome.Errors).ToString());
    }

    [Fact]
    public void Load_FileTooLarge_IsRefused()
    {
        _fixture.Folder.Write("fabrik.toml", new string('#', SettingsFile.MaxBytes + 1));
        Assert.Equal(["fabrik.toml: expected at most 1048576 bytes, found more"], _fixture.Errors());
    }

    [Fact]
    public void DigestNow_AskedAgainAndAgain_TakesNoMoreMemoryThanTheFileNeeds()
    {
        string path = _fixture.Folder.Write("fabrik.toml", "# small");
        SettingsFile.DigestNow(path);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(SettingsFile.DigestNow(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private SettingsSources Sources(string? config = null)
    {
        string folder = Directory.CreateDirectory(_fixture.Folder.At("a", "b")).FullName;
        return _fixture.Sources(config) with { WorkingDirectory = folder };
    }

    private string? Find(string? config = null)
    {
        List<SettingError> errors = [];
        string? found = SettingsDiscovery.Find(Sources(config), errors);
        Assert.Empty(errors);
        return found;
    }
}
