using Fabrik.Composition;
using Fabrik.Observability.Logs;
using Fabrik.UnitTests.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Composition;

/// <summary>A process that serves, inside the test's: a store of its own, and ports that the system chooses.</summary>
internal sealed class ServingFixture : IAsyncDisposable
{
    private readonly SettingsFixture _settings = new();
    private ServingProcess? _process;

    public TemporaryFolder Folder => _settings.Folder;

    public string StoreFolder => Folder.At("store");

    public SettingsFixture With(string variable, string value) => _settings.With(variable, value);

    /// <summary>Starts what must be able to.</summary>
    public async Task<IReadOnlyList<ListenerRole>> StartAsync(ServingMode mode, params string[] arguments)
    {
        Assert.Empty(await TryStartAsync(mode, arguments));
        return _process!.Listeners;
    }

    /// <summary>Starts, and gives why that is impossible.</summary>
    public async Task<IReadOnlyList<string>> TryStartAsync(ServingMode mode, params string[] arguments)
    {
        string[] given =
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
            Settings = _settings.Load(given),
            Sources = _settings.Sources(null, given),
            Mode = mode,
            Instance = "instance-of-the-test",
            Logs = NullLoggerFactory.Instance,
            LogLevel = new LogLevelSwitch(LogLevel.Information),
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
