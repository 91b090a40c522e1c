using System.Security.Cryptography;
using Fabrik.Composition;
using Fabrik.Observability.Logs;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cli;

/// <summary>Runs a process that serves, for the commands that do.</summary>
internal sealed class Serving(Terminal terminal, EffectiveSettings settings, SettingsSources sources)
{
    /// <summary>The word that tells this process from another that took over its port.</summary>
    public string Instance { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Serves until the process is asked to end.</summary>
    /// <param name="mode">Who starts it.</param>
    /// <param name="started">Told of the listeners, once they listen; gives why that is not enough.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ServingMode mode, Func<IReadOnlyList<ListenerRole>, string?> started)
    {
        UseThreads(settings.Get(RuntimeSettings.WorkerThreads));
        LogLevelSwitch level = new(settings.Get(ObservabilitySettings.LogLevel));
        bool asJson = settings.Get(ObservabilitySettings.LogFormat) == LogFormat.Json;
        await using Stream stream = Console.OpenStandardError();
        await using LogQueue queue = new(stream);
        using LineLoggerProvider provider = new(new LogOptions
        {
            Level = level,
            Format = asJson ? new JsonLogFormat() : new TextLogFormat(),
            Queue = queue,
            Time = TimeProvider.System,
        });
        using ILoggerFactory logs = LoggerFactory.Create(
            logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
        ServingHost host = new(new ProcessOptions
        {
            Settings = settings,
            Sources = sources,
            Mode = mode,
            Instance = Instance,
            Logs = logs,
            LogLevel = level,
            Time = TimeProvider.System,
        });
        IReadOnlyList<string> problems = await host.RunAsync(started);
        foreach (string problem in problems)
        {
            terminal.Fail(problem);
        }

        return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>Says what to set in build tools, on the output, unless the log is for programs.</summary>
    public void SayHowToConnect(IReadOnlyList<ListenerRole> listeners)
    {
        if (settings.Get(ObservabilitySettings.LogFormat) != LogFormat.Text)
        {
            return;
        }

        bool needsToken = settings.Get(AuthSettings.Required);
        HashSet<string> overRpc = [.. listeners.Where(role => role.Plan.IsRpc).SelectMany(role => role.Plan.Adapters)];
        foreach (ListenerRole listener in listeners.Where(listener => listener.Plan.Adapters.Count > 0))
        {
            // A tool with two doors is told of the better one.
            HashSet<string> adapters = [.. listener.Plan.Adapters];
            adapters.ExceptWith(listener.Plan.IsRpc ? [] : overRpc);
            foreach (string line in ClientSetup.Lines(listener.ClientUrl, adapters, needsToken))
            {
                terminal.Output.WriteLine(line);
            }
        }

        terminal.Output.Flush();
    }

    /// <summary>Says where memcached is for applications, on the output, unless the log is for programs.</summary>
    public void SayWhereMemcachedIs(IReadOnlyList<ListenerRole> listeners)
    {
        if (settings.Get(ObservabilitySettings.LogFormat) != LogFormat.Text)
        {
            return;
        }

        foreach (ListenerRole listener in listeners.Where(role => role.Plan.Duties.HasFlag(ListenerDuties.Memcached)))
        {
            terminal.Output.WriteLine($"# {listener.Plan.Name}: point applications at this server of memcached");
            terminal.Output.WriteLine(listener.Address);
        }

        terminal.Output.Flush();
    }

    // Reads that wait for a disk hold a thread: more of them than processors keep the others going.
    private static void UseThreads(int count)
    {
        if (count > 0)
        {
            ThreadPool.GetMinThreads(out _, out int completionPorts);
            ThreadPool.SetMinThreads(count, completionPorts);
        }
    }
}
