using System.CommandLine;
using Fabrik.Activation;
using Fabrik.Composition;
using Fabrik.Settings;

namespace Fabrik.Cli;

/// <summary>
/// <c>fabrik daemon</c>: the cache of one developer on 127.0.0.1. A configuration has one daemon, which every shell
/// reuses.
/// </summary>
internal static class DaemonCommand
{
    /// <summary>How long a start may take, and an end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<bool> background = new("--background")
        {
            Description = "Start it and leave it running; reuse one that runs.",
        };
        Option<bool> json = new("--json") { Description = "Print the daemon's state as JSON, with --background." };
        // Given by a start in the background to the process that it starts, which must not wait for the starter's lock.
        Option<bool> claimed = new("--claimed") { Hidden = true };
        SettingsCommand command = new("daemon", "Serve this user's build tools on 127.0.0.1.")
        {
            background,
            json,
            claimed,
            DaemonStatus.Create(context),
            DaemonStop.Create(context, Patience),
        };
        command.SetAction((result, cancellationToken) => result.GetValue(background)
            ? StartAsync(context, result, result.GetValue(json), cancellationToken)
            : ServeAsync(context, result, result.GetValue(claimed), cancellationToken));
        return command;
    }

    private static async Task<int> StartAsync(
        CommandContext context, ParseResult result, bool asJson, CancellationToken cancellationToken)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        DaemonStart start = await context.Daemons(result).EnsureAsync(
            DaemonId.Of(settings), Options(settings, OwnCommand(context)), cancellationToken);
        if (start.State is not { } state)
        {
            context.Terminal.Fail($"the daemon could not be started: {start.Problem}");
            return ExitCodes.Failed;
        }

        // It was perhaps started for one command (fabrik bazel), with which it would end.
        context.DaemonFolders(result).Of(state.Id).IsTemporary = false;
        if (asJson)
        {
            context.Terminal.Output.WriteLine(DaemonText.Json([state]));
        }
        else
        {
            context.Terminal.Say(
                $"daemon {state.Id} {(start.WasRunning ? "runs already" : "started")} on {DaemonText.Url(state)}");
        }

        return ExitCodes.Done;
    }

    private static async Task<int> ServeAsync(
        CommandContext context, ParseResult result, bool isClaimed, CancellationToken cancellationToken)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        string id = DaemonId.Of(settings);
        DaemonFolder folder = context.DaemonFolders(result).Of(id);
        DaemonClaim claim = isClaimed
            ? new DaemonClaim(null, null)
            : await context.Daemons(result).ClaimAsync(id, Options(settings, []), cancellationToken);
        using FileLock? starting = claim.Lock;
        if (claim.Running is { } running)
        {
            string url = DaemonText.Url(running);
            folder.IsTemporary = false;
            context.Terminal.Say($"daemon {id} runs already on {url} (process {running.ProcessId})");
            return ExitCodes.Done;
        }

        if (claim.Problem.Length > 0)
        {
            context.Terminal.Fail(claim.Problem);
            return ExitCodes.Failed;
        }

        Serving serving = new(context.Terminal, settings, context.Sources(result));
        int code = await serving.RunAsync(ServingMode.Daemon, listeners =>
        {
            folder.Write(new DaemonState
            {
                Id = id,
                ProcessId = Environment.ProcessId,
                Instance = serving.Instance,
                ConfigPath = settings.FilePath ?? "",
                Ports = PortsFile.Of(listeners),
            });
            starting?.Dispose();
            if (!isClaimed)
            {
                serving.SayHowToConnect(listeners);
            }

            return null;
        });
        folder.ClearIfOf(serving.Instance);
        return code;
    }

    private static DaemonStartOptions Options(EffectiveSettings settings, IReadOnlyList<string> command) => new()
    {
        Command = command,
        ConfigPath = settings.FilePath ?? "",
        Patience = Patience,
    };

    private static List<string> OwnCommand(CommandContext context) =>
    [
        Environment.ProcessPath!,
        .. context.Arguments.Where(argument => argument is not ("--background" or "--json")),
        "--claimed",
    ];
}
