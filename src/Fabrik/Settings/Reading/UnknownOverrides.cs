using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Reading;

/// <summary>
/// Refuses variables and flags that belong to no setting: one that is misspelt must not be ignored in silence.
/// </summary>
internal static class UnknownOverrides
{
    /// <summary>Takes down an error for each.</summary>
    public static void Report(
        EffectiveSettings settings, SettingsSchema schema, SourceSet overrides, List<SettingError> errors)
    {
        // One is enough to need all names, and most runs have none.
        Lazy<string[]> tokens = new(() => [.. Tokens(settings, schema).Distinct(StringComparer.Ordinal)]);
        foreach (Override item in overrides.Variables.Unclaimed)
        {
            errors.Add(ErrorOf(schema, item, "variable", Nearest(item, SettingsVariables.NameOf)));
        }

        foreach (Override item in overrides.Flags.Unclaimed)
        {
            errors.Add(ErrorOf(schema, item, "flag", Nearest(item, SettingsFlags.NameOf)));
        }

        string? Nearest(Override item, Func<string, string> display) =>
            Suggestion.Nearest(item.Token, tokens.Value) is { } token ? display(token) : null;
    }

    private static SettingError ErrorOf(SettingsSchema schema, Override item, string what, string? suggestion)
    {
        string? later = schema.Later
            .Concat(schema.Sections.SelectMany(section => section.Later.Select(section.KeyOf)))
            .FirstOrDefault(name => IsWithin(item.Token, SettingsVariables.TokenOf(name)));
        if (later is not null)
        {
            return new SettingError(item.Origin, "", $"{later} is not supported by this version");
        }

        return new SettingError(item.Origin, "", $"unknown {what}: no setting goes by this name")
        {
            Suggestion = suggestion,
        };
    }

    // The names that the file gives to tables are as good as those of the schema.
    private static IEnumerable<string> Tokens(EffectiveSettings settings, SettingsSchema schema) =>
        schema.Settings.Select(setting => SettingsVariables.TokenOf(setting.Key)).Concat(Named(settings));

    private static IEnumerable<string> Named(EffectiveSettings settings) => settings.Arrays
        .Where(section => section.IsMap)
        .SelectMany(settings.Items)
        .SelectMany(item => item.Settings
            .Select(setting => SettingsVariables.TokenOf(item.KeyOf(setting)))
            .Concat(Named(item)));

    private static bool IsWithin(string token, string section) =>
        token == section || token.StartsWith($"{section}_", StringComparison.Ordinal);
}
