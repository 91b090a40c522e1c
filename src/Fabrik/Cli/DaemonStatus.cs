using System.CommandLine;
using Fabrik.Activation;

namespace Fabrik.Cli;

/// <summary><c>fabrik daemon status</c>: the daemons of this user that run.</summary>
internal static class DaemonStatus
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("status", "Print the daemons of this user that run.") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
            IReadOnlyList<DaemonState> states = await FindAsync(context, result, cancellationToken);
            if (result.GetValue(json))
            {
                context.Terminal.Output.WriteLine(DaemonText.Json(states));
            }
            else if (states.Count == 0)
            {
                context.Terminal.Say("no daemon runs");
            }

            foreach (DaemonState state in result.GetValue(json) ? [] : states)
            {
                string config = state.ConfigPath.Length > 0 ? state.ConfigPath : "(defaults)";
                context.Terminal.Output.WriteLine(
                    $"{state.Id}  {state.ProcessId,7}  {DaemonText.Url(state)}  {config}");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The daemons of this user that answer.</summary>
    public static async Task<IReadOnlyList<DaemonState>> FindAsync(
        CommandContext context, ParseResult result, CancellationToken cancellationToken)
    {
        DaemonStarter daemons = context.Daemons(result);
        List<DaemonState> states = [];
        foreach (DaemonFolder folder in context.DaemonFolders(result).All())
        {
            if (await daemons.FindAliveAsync(folder, cancellationToken) is { } state)
            {
                states.Add(state);
            }
        }

        return states;
    }
}
