using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>One line of <c>--help</c>.</summary>
/// <param name="Flag">The flag with what its value is: <c>--config-cache-max-size &lt;size&gt;</c>.</param>
/// <param name="Text">What it does, and its default.</param>
internal sealed record HelpRow(string Flag, string Text);

/// <summary>What <c>--help</c> says of the settings.</summary>
internal static class SettingsHelp
{
    /// <summary>A row for every setting, section by section, and one for every flag that stands for another.</summary>
    public static IReadOnlyList<HelpRow> Rows(SettingsSchema schema) =>
    [
        .. schema.Settings.Select(setting => new HelpRow(
            $"{SettingsFlags.NameOf(setting.Key)} <{setting.Type.Name.Replace(" | ", "|", StringComparison.Ordinal)}>",
            $"{setting.Help} Default: {setting.DefaultText}.")),
        .. schema.FlagAliases.Select(alias => new HelpRow(
            $"{alias.Flag} <value>", $"The same as {SettingsFlags.NameOf(alias.Setting.Key)}.")),
    ];
}
