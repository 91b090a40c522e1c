using Fabrik.Settings.Files;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Reading;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings;

/// <summary>
/// Makes settings out of their sources, in this order: find the file; read it into a tree; take each setting from
/// the command line, else the environment, else the file, else its default; refuse what belongs to no setting; check
/// what has to hold between settings. Every error is collected on the way.
/// </summary>
internal static class SettingsLoader
{
    /// <summary>Loads the settings. Nothing is thrown for what a user can get wrong.</summary>
    public static SettingsOutcome Load(SettingsSources sources)
    {
        List<SettingError> errors = [];
        string? path = SettingsDiscovery.Find(sources, errors);
        SettingsFile file = path is null ? SettingsFile.None : SettingsFile.Read(path, errors);
        OverrideSet flags = new(sources.Flags);
        OverrideSet variables = new(SettingsVariables.Read(sources.Environment.Variables, sources.Schema));
        SettingsEnvironment environment = new(sources.Environment.Variables) { ConfigPath = path };
        SourceSet overrides = new(flags, variables);
        SettingReader settingReader = new(sources with { Environment = environment }, overrides, errors);
        SectionReader sections = new(settingReader, sources.Schema, file, errors);
        EffectiveSettings settings = sections.ReadRoot();
        UnknownOverrides.Report(settings, sources.Schema, overrides, errors);

        // A rule about values that are wrong by themselves would only add noise.
        if (errors.Count == 0)
        {
            errors.AddRange(sources.Schema.Rules.SelectMany(rule => rule(settings)));
        }

        return errors.Count == 0 ? SettingsOutcome.Right(settings) : SettingsOutcome.Wrong(errors, path);
    }
}
