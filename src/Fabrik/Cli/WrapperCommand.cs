using System.CommandLine;
using System.ComponentModel;
using Fabrik.Activation;
using Fabrik.Settings;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Fabrik.Wrapping;

namespace Fabrik.Cli;

/// <summary>
/// What the commands share that run another program with the cache. That program's work never fails for want of a
/// cache: whatever is wrong with it is said, and the program runs without.
/// </summary>
internal sealed class WrapperCommand(CommandContext context, ParseResult result)
{
    // As shells have it.
    private const int NotFound = 127;
    private const int NotRunnable = 126;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(20);

    // What a daemon needs to end beyond the time that requests in flight have.
    private static readonly TimeSpan EndMargin = TimeSpan.FromSeconds(5);

    private static readonly IReadOnlyDictionary<string, string> NoVariables =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The variables of this process.</summary>
    public SettingsEnvironment Variables => context.Sources(result).Environment;

    /// <summary>What stands behind the first <c>--</c>: the other program's words; null where it is missing.</summary>
    public static string[]? WordsOf(CommandContext context)
    {
        int dashes = context.Arguments.ToList().IndexOf("--");
        return dashes < 0 ? null : [.. context.Arguments.Skip(dashes + 1)];
    }

    /// <summary>Says how the command is written.</summary>
    /// <returns>The exit code.</returns>
    public int FailUsage(string usage)
    {
        context.Terminal.Fail($"expected the command behind \"--\": {usage}");
        return ExitCodes.Usage;
    }

    /// <summary>Says that a program is missing.</summary>
    /// <returns>The exit code.</returns>
    public int FailMissing(string what)
    {
        context.Terminal.Fail(what);
        return NotFound;
    }

    /// <summary>Says why there is no cache.</summary>
    public void Warn(string problem) => context.Terminal.Fail($"without the cache: {problem}");

    /// <summary>Runs a program with the daemon of this configuration.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="without">Its arguments where there is no daemon.</param>
    /// <param name="with">What it is given where there is one.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(
        string program, IReadOnlyList<string> without, Func<CommandDaemon, EffectiveSettings, WrappedWords> with)
    {
        SettingsOutcome outcome = SettingsLoader.Load(context.Sources(result));
        if (!outcome.TryGet(out EffectiveSettings? settings))
        {
            context.Terminal.Fail(outcome);
            Warn("the configuration is wrong");
            return await RunAsync(program, new WrappedWords(without, NoVariables));
        }

        CommandDaemon? daemon = await StartAsync(settings);
        try
        {
            return await RunAsync(
                program, daemon is null ? new WrappedWords(without, NoVariables) : with(daemon, settings));
        }
        finally
        {
            if (daemon is not null)
            {
                TimeSpan patience = settings.Get(RuntimeSettings.GracefulShutdownTimeout) + EndMargin;
                await daemon.LeaveAsync(patience, CancellationToken.None);
            }
        }
    }

    /// <summary>Runs a program without a daemon.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> RunPlainAsync(string program, IReadOnlyList<string> arguments) =>
        RunAsync(program, new WrappedWords(arguments, NoVariables));

    private async Task<int> RunAsync(string program, WrappedWords words)
    {
        try
        {
            return await WrappedProcess.RunAsync(program, words.Arguments, words.Variables);
        }
        catch (Win32Exception e)
        {
            context.Terminal.Fail($"{program} cannot be run: {e.Message}");
            return NotRunnable;
        }
    }

    private async Task<CommandDaemon?> StartAsync(EffectiveSettings settings)
    {
        try
        {
            (CommandDaemon? daemon, string problem) = await CommandDaemon.UseAsync(
                context.Daemons(result),
                context.DaemonFolders(result).Of(DaemonId.Of(settings)),
                new DaemonStartOptions
                {
                    Command = DaemonCommandLine(),
                    ConfigPath = settings.FilePath ?? "",
                    Patience = StartPatience,
                },
                TimeProvider.System,
                CancellationToken.None);
            if (daemon is null)
            {
                Warn($"the daemon could not be started: {problem}");
            }

            return daemon;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            Warn($"the daemon could not be started: {e.Message}");
            return null;
        }
    }

    // The flags of settings as they were given, so that the daemon comes to the same configuration.
    private List<string> DaemonCommandLine()
    {
        List<string> line = [Environment.ProcessPath!, "daemon", "--claimed"];
        if (result.GetValue(context.ConfigOption) is { } file)
        {
            line.AddRange(["--config", file]);
        }

        line.AddRange(SettingsFlags.Extract(context.Arguments, SettingsSchema.Product).Taken);
        return line;
    }
}
