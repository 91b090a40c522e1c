using System.CommandLine;
using Fabrik.Activation;
using Fabrik.Settings;

namespace Fabrik.Cli;

/// <summary><c>fabrik daemon stop</c>: ends the daemon of this configuration, or all of this user's.</summary>
internal static class DaemonStop
{
    /// <summary>Makes the command.</summary>
    /// <param name="context">What commands share.</param>
    /// <param name="patience">How long a daemon may take to end.</param>
    public static Command Create(CommandContext context, TimeSpan patience)
    {
        Option<bool> all = new("--all") { Description = "Stop every daemon of this user." };
        Command command = new("stop", "Stop the daemon of this configuration, once its requests have ended.") { all };
        command.SetAction((result, cancellationToken) =>
            RunAsync(context, result, (result.GetValue(all), patience), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        ParseResult result,
        (bool All, TimeSpan Patience) how,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<DaemonState> running = await DaemonStatus.FindAsync(context, result, cancellationToken);
        if (!how.All)
        {
            if (!context.TryLoad(result, out EffectiveSettings? settings))
            {
                return ExitCodes.Failed;
            }

            string id = DaemonId.Of(settings);
            running = [.. running.Where(state => state.Id == id)];
        }

        if (running.Count == 0)
        {
            context.Terminal.Say("no daemon runs");
        }

        DaemonStarter daemons = context.Daemons(result);
        int code = ExitCodes.Done;
        foreach (DaemonState state in running)
        {
            if (await daemons.StopAsync(state, how.Patience, cancellationToken))
            {
                context.Terminal.Say($"daemon {state.Id} stopped");
            }
            else
            {
                context.Terminal.Fail(
                    $"daemon {state.Id} (process {state.ProcessId}) has not ended "
                    + $"within {how.Patience.TotalSeconds} s");
                code = ExitCodes.Failed;
            }
        }

        return code;
    }
}
