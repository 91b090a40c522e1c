using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings;

namespace Fabrik.Cli;

/// <summary><c>fabrik server</c>: serves on the addresses of the configuration, in the foreground.</summary>
internal static class ServerCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<string?> portsFile = PortsFileOption.Create();
        SettingsCommand command = new("server", "Serve build tools on the addresses of the configuration.")
        {
            portsFile,
        };
        command.SetAction((result, _) => RunAsync(context, result, result.GetValue(portsFile)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult result, string? portsFile)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        Serving serving = new(context.Terminal, settings, context.Sources(result));
        return await serving.RunAsync(ServingMode.Server, listeners =>
        {
            if (PortsFileOption.Write(portsFile, listeners) is { } problem)
            {
                return problem;
            }

            serving.SayHowToConnect(listeners);
            return null;
        });
    }
}
