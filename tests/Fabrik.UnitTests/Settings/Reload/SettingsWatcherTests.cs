using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Xunit;

namespace Fabrik.UnitTests.Settings.Reload;

public sealed class SettingsWatcherTests : IDisposable
{
    private static readonly TimeSpan LongEnough = SettingsWatcher.PollInterval + (4 * SettingsWatcher.SettleTime);

    private readonly SettingsFixture _fixture = new();
    private readonly ManualTime _time = new();
    private readonly List<SettingsReload> _reloads = [];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Watcher_FileChanged_SwapsSettingsAndTellsWhatChanged()
    {
        Write("10GB");
        using SettingsWatcher watcher = Watch();
        EffectiveSettings before = watcher.Current;
        _fixture.Folder.Write("fabrik.toml", "[cache]\nmax_size = \"20GB\"\nlease = \"1h\"");
        _time.Advance(LongEnough);
        SettingsReload reload = Assert.Single(_reloads);
        Assert.Equal(ByteSize.GB(20), watcher.Current.Get(CacheSettings.MaxSize));
        Assert.Same(before, reload.Old);
        Assert.Same(watcher.Current, reload.New);
        Assert.Equal(
            [new SettingChange("cache.max_size", IsHot: true), new SettingChange("cache.lease", IsHot: false)],
            reload.Changes);
        Assert.Equal("cache.lease", Assert.Single(reload.NeedRestart));
    }

    [Fact]
    public void Watcher_LinkSwappedAsInAConfigMap_Reloads()
    {
        _fixture.Folder.Write("v1/fabrik.toml", "[cache]\nmax_size = \"10GB\"");
        _fixture.Folder.Write("v2/fabrik.toml", "[cache]\nmax_size = \"20GB\"");
        File.CreateSymbolicLink(_fixture.Folder.At("..data"), "v1");
        File.CreateSymbolicLink(_fixture.Folder.At("fabrik.toml"), "..data/fabrik.toml");
        using SettingsWatcher watcher = Watch();
        File.Delete(_fixture.Folder.At("..data"));
        _time.Advance(LongEnough);
        File.CreateSymbolicLink(_fixture.Folder.At("..data"), "v2");
        _time.Advance(LongEnough);
        Assert.Empty(Assert.Single(_reloads).Errors);
        Assert.Equal(ByteSize.GB(20), watcher.Current.Get(CacheSettings.MaxSize));
    }

    [Fact]
    public void Watcher_NewFileIsInvalid_KeepsTheOldAndSaysWhyOnce()
    {
        Write("10GB");
        using SettingsWatcher watcher = Watch();
        EffectiveSettings before = watcher.Current;
        _fixture.Folder.Write("fabrik.toml", "[cache]\nmax_size = \"lots\"\ndirr = 1");
        _time.Advance(2 * LongEnough);
        SettingsReload reload = Assert.Single(_reloads);
        Assert.Equal(2, reload.Errors.Count);
        Assert.Same(before, reload.New);
        Assert.Same(before, watcher.Current);
        Write("30GB");
        _time.Advance(LongEnough);
        Assert.Equal(ByteSize.GB(30), watcher.Current.Get(CacheSettings.MaxSize));
    }

    [Fact]
    public void Watcher_FileStillBeingWritten_WaitsUntilItSettles()
    {
        Write("10GB");
        using SettingsWatcher watcher = Watch();
        for (int i = 11; i < 40; i++)
        {
            Write($"{i}GB");
            _time.Advance(SettingsWatcher.SettleTime / 2);
        }

        Assert.Empty(_reloads);
        _time.Advance(LongEnough);
        Assert.Equal(ByteSize.GB(39), Assert.Single(_reloads).New.Get(CacheSettings.MaxSize));
    }

    [Fact]
    public void Watcher_FileGone_KeepsTheOldInSilence()
    {
        string path = Write("10GB");
        using SettingsWatcher watcher = Watch();
        File.Delete(path);
        _time.Advance(LongEnough);
        Assert.Empty(_reloads);
        Assert.Single(watcher.Reload().Errors);
        Assert.Equal(ByteSize.GB(10), watcher.Current.Get(CacheSettings.MaxSize));
    }

    [Fact]
    public void Reload_WithoutAFile_FindsOneThatIsThereNow()
    {
        using SettingsWatcher watcher = Watch();
        Write("12GB");
        _time.Advance(LongEnough);
        Assert.Empty(_reloads);
        Assert.Empty(watcher.Reload().Errors);
        Assert.Equal(ByteSize.GB(12), watcher.Current.Get(CacheSettings.MaxSize));
        Write("13GB");
        _time.Advance(LongEnough);
        Assert.Equal(ByteSize.GB(13), watcher.Current.Get(CacheSettings.MaxSize));
    }

    [Fact]
    public void Reload_FileChangedJustBefore_IsNotReportedTwice()
    {
        Write("10GB");
        using SettingsWatcher watcher = Watch();
        Write("20GB");
        watcher.Reload();
        _time.Advance(LongEnough);
        Assert.Single(_reloads);
    }

    [Fact]
    public void Watcher_Disposed_ReportsNothingMore()
    {
        Write("10GB");
        Watch().Dispose();
        Write("20GB");
        _time.Advance(LongEnough);
        Assert.Empty(_reloads);
    }

    private string Write(string size) => _fixture.Folder.Write("fabrik.toml", $"[cache]\nmax_size = \"{size}\"");

    private SettingsWatcher Watch() => new(_fixture.Sources(), _fixture.Load(), _time, _reloads.Add);
}
