using Fabrik.Composition;
using Fabrik.Observability.Logs;
using Fabrik.Settings;
using Fabrik.Settings.Reload;
using Fabrik.UnitTests.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Composition;

/// <summary>A process that serves, inside the test's: a store of its own, and ports that the system chooses.</summary>
/// <remarks>
/// Meters are of the process, and what two that serve at a time count is shown by both: its tests are one collection.
/// </remarks>
internal sealed class ServingFixture : IAsyncDisposable
{
    private readonly SettingsFixture _settings = new();
    private ServingProcess? _process;
    private string[] _given = [];
    private EffectiveSettings? _started;

    public LogLevelSwitch LogLevel { get; } = new(Microsoft.Extensions.Logging.LogLevel.Information);

    public TemporaryFolder Folder => _settings.Folder;

    public ServingProcess Process => _process!;

    public string StoreFolder => Folder.At("store");

    public SettingsFixture With(string variable, string value) => _settings.With(variable, value);

    /// <summary>Starts what must be able to.</summary>
    public async Task<IReadOnlyList<ListenerRole>> StartAsync(ServingMode mode, params string[] arguments)
    {
        Assert.Empty(await TryStartAsync(mode, arguments));
        return _process!.Listeners;
    }

    /// <summary>Loads the configuration again, as its watcher does.</summary>
    public Task<ReloadOutcome> ReloadAsync()
    {
        SettingsOutcome loaded = SettingsLoader.Load(_settings.Sources(null, _given));
        return Process.ReconfigureAsync(new SettingsReload
        {
            Old = _started!,
            New = loaded.Settings ?? _started!,
            Errors = loaded.Errors,
        });
    }

    /// <summary>Starts, and gives why that is impossible.</summary>
    public async Task<IReadOnlyList<string>> TryStartAsync(ServingMode mode, params string[] arguments)
    {
        _given =
        [
            "--config-cache-dir=store",
            "--config-build-tools-port=0",
            "--config-build-tools-bazel-port=0",
            "--config-build-tools-s3-port=0",
            "--config-observability-health-bind=127.0.0.1:0",
            "--config-observability-api-bind=127.0.0.1:0",
            .. arguments,
        ];
        _process = new ServingProcess(new ProcessOptions
        {
            Settings = _started = _settings.Load(_given),
            Sources = _settings.Sources(null, _given),
            Mode = mode,
            Instance = "instance-of-the-test",
            Logs = NullLoggerFactory.Instance,
            LogLevel = LogLevel,
            Time = TimeProvider.System,
        });
        return await _process.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _settings.Dispose();
    }
}
