using System.Runtime.InteropServices;
using Fabrik.Settings.Reload;
using Fabrik.Settings.Schema;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition;

/// <summary>
/// The life of a process that serves: start; run until SIGTERM, SIGINT or (a daemon) nobody asks any more; drain; end.
/// SIGHUP loads configuration and keys again. A second SIGTERM or SIGINT ends it at once.
/// </summary>
internal sealed class ServingHost(ProcessOptions options)
{
    // Idle time is looked at this often, or ten times within the limit where that is shorter.
    private static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = options.Logs.CreateLogger<ServingHost>();
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs to the end.</summary>
    /// <param name="started">Told of the listeners, once they listen; gives why that is not enough.</param>
    /// <returns>Why it could not start; empty after a life that ended as it was asked to.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(Func<IReadOnlyList<ListenerRole>, string?> started)
    {
        await using ServingProcess process = new(options);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        SettingsWatcher? watcher = null;
        using PosixSignalRegistration? hangUp = OnHangUp(() =>
        {
            watcher?.Reload();
            process.ReloadKeys();
        });
        IReadOnlyList<string> problems = await process.StartAsync(CancellationToken.None);
        if (problems.Count > 0)
        {
            return problems;
        }

        if (started(process.Listeners) is { } problem)
        {
            return [problem];
        }

        Task<ReloadOutcome>? taking = null;
        using SettingsWatcher watching = watcher = new SettingsWatcher(
            options.Sources,
            options.Settings,
            options.Time,
            reload => Volatile.Write(ref taking, ReconfigureAsync(process, reload)));
        process.Reload = () =>
        {
            watching.Reload();
            process.ReloadKeys();

            // Of this reload, or of a later one, which came after it in every part.
            return Volatile.Read(ref taking)!;
        };
        await using ITimer? idle = WatchIdleness(process);
        await _ending.Task;
        await process.DrainAsync();
        ServingLog.Stopped(_logger);
        return [];
    }

    private void End(PosixSignalContext context)
    {
        // The second time nothing is cancelled, and the system's own answer to the signal holds.
        context.Cancel = _ending.TrySetResult();
    }

    private async Task<ReloadOutcome> ReconfigureAsync(ServingProcess process, SettingsReload reload)
    {
        try
        {
            return await process.ReconfigureAsync(reload);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ServingLog.ConfigurationRefused(_logger, e.Message);
            return new ReloadOutcome([e.Message], [], [], process.Generation);
        }
    }

    // From before the start: the system's own answer to this signal is the end of the process.
    private static PosixSignalRegistration? OnHangUp(Action reload) =>
        OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reload();
            });

    private ITimer? WatchIdleness(ServingProcess process)
    {
        if (options.Mode != ServingMode.Daemon || options.Settings.Get(DaemonSettings.IdleTimeout) is not { } limit)
        {
            return null;
        }

        TimeSpan interval = limit / 10 < IdleCheck ? limit / 10 : IdleCheck;
        return options.Time.CreateTimer(
            _ =>
            {
                if (process.Idle >= limit && _ending.TrySetResult())
                {
                    ServingLog.Idle(_logger, limit);
                }
            },
            null,
            interval,
            interval);
    }
}
