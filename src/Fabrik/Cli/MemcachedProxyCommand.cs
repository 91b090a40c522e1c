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
        SettingsCommand command = new ServeCommand
        {
            Name = "memcached-proxy",
            Help = "Route requests to servers of memcached.",
            Mode = ServingMode.MemcachedProxy,
            Lacks = Listener,
            Hint = "fabrik config generate --template memcached-proxy writes a file to start from",
            Introduce = static (serving, listeners) => serving.SayWhereMemcachedIs(listeners),
        }.Create(context);
        command.Subcommands.Add(MemcachedExplainCommand.Create(context));
        return command;
    }

    private static string? Listener(EffectiveSettings settings) =>
        settings.Items(MemcachedProxySettings.Listeners).Count == 0
            ? $"{MemcachedProxySettings.Section.KeyOf("listeners")}: expected a listener, found none"
            : null;
}
