using System.CommandLine;
using System.CommandLine.Completions;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary>
/// A command whose help and completions have the flags of all settings. Other commands take them too, but they are
/// many, so that only those which serve show them.
/// </summary>
internal sealed class SettingsCommand(string name, string description) : Command(name, description)
{
    /// <summary>What completes a word: the flags of settings only once a word can become one.</summary>
    public override IEnumerable<CompletionItem> GetCompletions(CompletionContext context)
    {
        string word = context.WordToComplete;
        IEnumerable<CompletionItem> own = base.GetCompletions(context);
        return !word.StartsWith("--", StringComparison.Ordinal)
            ? own
            : own.Concat(SettingsSchema.Product.Settings
                .Select(setting => SettingsFlags.NameOf(setting.Key))
                .Where(flag => flag.StartsWith(word, StringComparison.Ordinal))
                .Select(flag => new CompletionItem(flag)));
    }

    /// <summary>Prints the flags, after the help.</summary>
    public static void PrintSettings(TextWriter output)
    {
        output.WriteLine("Settings, which a configuration file and FABRIK_CONFIG_* variables set too:");
        foreach (HelpRow row in SettingsHelp.Rows(SettingsSchema.Product))
        {
            output.WriteLine($"  {row.Flag}");
            output.WriteLine($"      {row.Text}");
        }
    }
}
