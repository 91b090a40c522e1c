using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary><c>fabrik memcached-proxy</c>: routes requests of memcached's clients, in the foreground.</summary>
internal static class MemcachedProxyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<string?> portsFile = PortsFileOption.Create();
        SettingsCommand command = new("memcached-proxy", "Route requests to servers of memcached.")
        {
            portsFile,
        };
        command.Subcommands.Add(MemcachedExplainCommand.Create(context));
        command.SetAction((result, _) => RunAsync(context, result, result.GetValue(portsFile)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult result, string? portsFile)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return ExitCodes.Failed;
        }

        if (settings.Items(MemcachedProxySettings.Listeners).Count == 0)
        {
            string file = settings.FilePath ?? "no configuration file was found";
            string section = MemcachedProxySettings.Section.KeyOf("listeners");
            context.Terminal.Fail($"{section}: expected a listener, found none ({file})");
            context.Terminal.Say("fabrik config generate --template memcached-proxy writes a file to start from");
            return ExitCodes.Failed;
        }

        Serving serving = new(context.Terminal, settings, context.Sources(result));
        return await serving.RunAsync(ServingMode.MemcachedProxy, listeners =>
        {
            if (PortsFileOption.Write(portsFile, listeners) is { } problem)
            {
                return problem;
            }

            SayWhere(context.Terminal, settings, listeners);
            return null;
        });
    }

    // What an application is told; not where the log is for programs.
    private static void SayWhere(Terminal terminal, EffectiveSettings settings, IReadOnlyList<ListenerRole> listeners)
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
}
