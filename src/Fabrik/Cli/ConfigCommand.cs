using System.CommandLine;
using Fabrik.Settings;
using Fabrik.Settings.Reference;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary><c>fabrik config</c>: shows, checks and writes configurations.</summary>
internal static class ConfigCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="sources">The sources of the settings, with the <c>--config</c> of the command line.</param>
    public static Command Create(Func<ParseResult, SettingsSources> sources) =>
        new("config", "Show, check and write configurations.")
        {
            Show(sources),
            Validate(sources),
            Generate(),
            Print("schema", "Print the JSON Schema of a configuration, for editors.", SettingsJsonSchema.Write),
            Print("reference", "Print the reference page of the documentation.", ReferencePage.Write),
        };

    private static Command Show(Func<ParseResult, SettingsSources> sources)
    {
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("show", "Print every effective value and where it comes from.") { json };
        command.SetAction(result =>
        {
            SettingsOutcome outcome = SettingsLoader.Load(sources(result));
            if (!outcome.TryGet(out EffectiveSettings? settings))
            {
                return Report(result, outcome);
            }

            bool asJson = result.GetValue(json);
            result.InvocationConfiguration.Output.Write(
                asJson ? SettingsReport.ToJson(settings) : SettingsReport.ToText(settings));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Validate(Func<ParseResult, SettingsSources> sources)
    {
        Argument<string?> path = new("path")
        {
            Description = "The file to check; the one that would be used by default.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("validate", "Report everything that is wrong with a configuration.") { path };
        command.SetAction(result =>
        {
            SettingsSources given = sources(result);
            string? file = result.GetValue(path) ?? given.ConfigPath;
            SettingsOutcome outcome = SettingsLoader.Load(given with { ConfigPath = file });
            if (!outcome.TryGet(out EffectiveSettings? settings))
            {
                return Report(result, outcome);
            }

            string what = settings.FilePath is null
                ? "no configuration file found: defaults hold"
                : $"{settings.FilePath} is valid";
            result.InvocationConfiguration.Output.WriteLine($"[fabrik] {what}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Generate()
    {
        Option<string> template = new("--template")
        {
            Description = $"What to write: {string.Join(" or ", ConfigTemplates.Names)}.",
            Required = true,
        };
        template.CompletionSources.Add([.. ConfigTemplates.Names]);
        Command command = new("generate", "Write a configuration to start from.") { template };
        command.SetAction(result =>
        {
            string name = result.GetValue(template)!;
            if (ConfigTemplates.Write(name) is { } text)
            {
                result.InvocationConfiguration.Output.Write(text);
                return ExitCodes.Done;
            }

            result.InvocationConfiguration.Error.WriteLine(
                $"[fabrik] --template: expected one of {string.Join(", ", ConfigTemplates.Names)}, found \"{name}\"");
            return ExitCodes.Failed;
        });
        return command;
    }

    private static Command Print(string name, string description, Func<SettingsSchema, string> write)
    {
        Command command = new(name, description);
        command.SetAction(result => result.InvocationConfiguration.Output.Write(write(SettingsSchema.Product)));
        return command;
    }

    private static int Report(ParseResult result, SettingsOutcome outcome) =>
        new Terminal(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error).Fail(outcome);
}
