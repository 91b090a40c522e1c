using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary>The whole command line: one line for each command.</summary>
internal static class RootCommands
{
    /// <summary>Makes the root of the command line.</summary>
    public static RootCommand Create(CommandContext context)
    {
        Command[] serving = [DaemonCommand.Create(context), ServerCommand.Create(context)];
        RootCommand root = new("Makes slow things fast by never computing or fetching them twice.");
        root.Options.Add(context.ConfigOption);
        Array.ForEach(serving, root.Subcommands.Add);
        root.Subcommands.Add(CacheCommand.Create(context));
        root.Subcommands.Add(HealthCommand.Create(context));
        root.Subcommands.Add(ConfigCommand.Create(context.Sources));
        root.Subcommands.Add(AuthCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create(context));
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithSettings((HelpAction)help.Action!, serving);
        }

        return root;
    }

    // Every setting has a flag that follows from its name. They are many, so only commands that serve print them.
    private sealed class HelpWithSettings(HelpAction plain, Command[] serving) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = plain.Invoke(parseResult);
            if (serving.Contains(parseResult.CommandResult.Command))
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Settings, which a configuration file and FABRIK_CONFIG_* variables set too:");
                foreach (HelpRow row in SettingsHelp.Rows(SettingsSchema.Product))
                {
                    output.WriteLine($"  {row.Flag}");
                    output.WriteLine($"      {row.Text}");
                }
            }

            return code;
        }
    }
}
