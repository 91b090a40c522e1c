using Fabrik.Settings.Files;

namespace Fabrik.Settings.Reload;

/// <summary>
/// Keeps settings up to date with their file. Looks at the file's content at a fixed interval, which sees every kind of
/// change (a ConfigMap swaps a folder's link, network file systems send no events), and sooner when the system tells
/// of one. A change counts once the content stayed the same for a moment, so that half a file is never read.
/// </summary>
internal sealed class SettingsWatcher : IDisposable
{
    /// <summary>How often the file is looked at.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long the content has to stay the same.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly SettingsSources _sources;
    private readonly Action<SettingsReload> _reloaded;
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _events;
    private EffectiveSettings _current;
    private string? _known;
    private string? _settling;
    private bool _looksSoon;
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="sources">Where the settings were loaded from.</param>
    /// <param name="loaded">The settings that hold now. Their file stays the one that is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reloaded">
    /// Told of every reload in turn, good or bad, on a thread of the pool or of whoever calls <see cref="Reload"/>;
    /// must not call back.
    /// </param>
    public SettingsWatcher(
        SettingsSources sources, EffectiveSettings loaded, TimeProvider time, Action<SettingsReload> reloaded)
    {
        _sources = sources with { ConfigPath = loaded.FilePath ?? sources.ConfigPath };
        _current = loaded;
        _known = loaded.FileDigest;
        _reloaded = reloaded;
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (loaded.FilePath is { } path)
        {
            _events = Events(Path.GetDirectoryName(path)!);
            LookAfter(PollInterval);
        }
    }

    /// <summary>The settings that hold now.</summary>
    public EffectiveSettings Current => Volatile.Read(ref _current);

    /// <summary>Loads again now, as SIGHUP asks for. What is wrong is reported and changes nothing.</summary>
    public SettingsReload Reload()
    {
        lock (_gate)
        {
            _settling = null;
            bool hadFile = _current.FilePath is not null;
            _known = _current.FilePath is { } path ? SettingsFile.DigestNow(path) : _known;
            SettingsReload reload = Load();
            if (!hadFile && _current.FilePath is not null && !_disposed)
            {
                // Where there was no file there is one now; from here on it is looked at as any other.
                _known = _current.FileDigest;
                LookAfter(PollInterval);
            }

            return reload;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _events?.Dispose();
        _timer.Dispose();
    }

    private SettingsReload Load()
    {
        EffectiveSettings old = _current;
        SettingsOutcome outcome = SettingsLoader.Load(_sources);
        SettingsReload reload = new() { Old = old, New = old, Errors = outcome.Errors };
        if (outcome.TryGet(out EffectiveSettings? settings))
        {
            reload = reload with { New = settings, Changes = SettingChange.Between(old, settings) };
            Volatile.Write(ref _current, settings);
        }

        _reloaded(reload);
        return reload;
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _looksSoon = false;

            // A file that is gone for a moment is being replaced; one that is gone for good changes nothing.
            string? now = SettingsFile.DigestNow(_current.FilePath!);
            bool isNew = now is not null && now != _known;
            if (isNew && now == _settling)
            {
                _known = now;
                _settling = null;
                Load();
            }
            else
            {
                _settling = isNew ? now : null;
            }

            _looksSoon = _settling is not null;
            LookAfter(_looksSoon ? SettleTime : PollInterval);
        }
    }

    private void LookAfter(TimeSpan delay) => _timer.Change(delay, Timeout.InfiniteTimeSpan);

    // Brings the next look forward, and never puts it off: other files of the folder may change all the time.
    private void LookSoon()
    {
        lock (_gate)
        {
            if (!_disposed && !_looksSoon)
            {
                _looksSoon = true;
                LookAfter(SettleTime);
            }
        }
    }

    private FileSystemWatcher? Events(string folder)
    {
        try
        {
            FileSystemWatcher events = new(folder);
            events.Changed += (_, _) => LookSoon();
            events.Created += (_, _) => LookSoon();
            events.Renamed += (_, _) => LookSoon();
            events.EnableRaisingEvents = true;
            return events;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The system's limit of watches is reached, or the folder cannot be listed: looking does alone.
            return null;
        }
    }
}
