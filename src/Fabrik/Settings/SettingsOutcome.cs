using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Settings;

/// <summary>Settings that are right as a whole, or everything that is wrong with them.</summary>
internal sealed class SettingsOutcome
{
    private SettingsOutcome(EffectiveSettings? settings, IReadOnlyList<SettingError> errors, string? filePath)
    {
        Settings = settings;
        Errors = errors;
        FilePath = filePath;
    }

    /// <summary>The settings; null where there are errors.</summary>
    public EffectiveSettings? Settings { get; }

    /// <summary>
    /// Every error, in the order: file, environment, command line as they were met; empty beside settings.
    /// </summary>
    public IReadOnlyList<SettingError> Errors { get; }

    /// <summary>The file that was chosen, right or wrong; null where none was found or asked for.</summary>
    public string? FilePath { get; }

    /// <summary>Takes the outcome apart.</summary>
    public bool TryGet([NotNullWhen(true)] out EffectiveSettings? settings)
    {
        settings = Settings;
        return settings is not null;
    }

    internal static SettingsOutcome Right(EffectiveSettings settings) => new(settings, [], settings.FilePath);

    internal static SettingsOutcome Wrong(IReadOnlyList<SettingError> errors, string? filePath) =>
        new(null, errors, filePath);
}
