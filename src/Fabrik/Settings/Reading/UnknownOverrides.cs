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
        SettingsSchema schema, OverrideSet flags, OverrideSet variables, List<SettingError> errors)
    {
        foreach (Override item in variables.Unclaimed)
        {
            errors.Add(ErrorOf(schema, item, "variable", token => SettingsVariables.Prefix + token));
        }

        foreach (Override item in flags.Unclaimed)
        {
            errors.Add(ErrorOf(schema, item, "flag", token => SettingsFlags.Prefix + SettingsFlags.Dashed(token)));
        }
    }

    private static SettingError ErrorOf(SettingsSchema schema, Override item, string what, Func<string, string> display)
    {
        string? later = schema.Later
            .Concat(schema.Sections.SelectMany(section => section.Later.Select(section.KeyOf)))
            .FirstOrDefault(name => IsWithin(item.Token, SettingsVariables.TokenOf(name)));
        if (later is not null)
        {
            return new SettingError(item.Origin, "", $"{later} is not supported by this version");
        }

        IEnumerable<string> tokens = schema.Settings.Select(setting => SettingsVariables.TokenOf(setting.Key));
        string? nearest = Suggestion.Nearest(item.Token, tokens);
        return new SettingError(item.Origin, "", $"unknown {what}: no setting goes by this name")
        {
            Suggestion = nearest is null ? null : display(nearest),
        };
    }

    private static bool IsWithin(string token, string section) =>
        token == section || token.StartsWith($"{section}_", StringComparison.Ordinal);
}
