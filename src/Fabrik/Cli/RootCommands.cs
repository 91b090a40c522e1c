using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fabrik.Cli.Doctor;

namespace Fabrik.Cli;

/// <summary>The whole command line: one line for each command.</summary>
internal static class RootCommands
{
    /// <summary>Makes the root of the command line.</summary>
    public static RootCommand Create(CommandContext context)
    {
        RootCommand root = new("Makes slow things fast by never computing or fetching them twice.");
        root.Options.Add(context.ConfigOption);
        root.Subcommands.Add(DaemonCommand.Create(context));
        root.Subcommands.Add(ServerCommand.Create(context));
        root.Subcommands.Add(S3ProxyCommand.Create(context));
        root.Subcommands.Add(MemcachedProxyCommand.Create(context));
        root.Subcommands.Add(BazelCommand.Create(context));
        root.Subcommands.Add(ExecCommand.Create(context));
        root.Subcommands.Add(CacheCommand.Create(context));
        root.Subcommands.Add(ExplainCommand.Create(context));
        root.Subcommands.Add(HealthCommand.Create(context));
        root.Subcommands.Add(DoctorCommand.Create(context));
        root.Subcommands.Add(ConfigCommand.Create(context.Sources));
        root.Subcommands.Add(AuthCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create(context));
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            // The library's other names for it are Windows' of old, and in the way of completion.
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
            help.Action = new HelpWithSettings((HelpAction)help.Action!);
        }

        return root;
    }

    private sealed class HelpWithSettings(HelpAction plain) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = plain.Invoke(parseResult);
            if (parseResult.CommandResult.Command is SettingsCommand)
            {
                SettingsCommand.PrintSettings(parseResult.InvocationConfiguration.Output);
            }

            return code;
        }
    }
}
