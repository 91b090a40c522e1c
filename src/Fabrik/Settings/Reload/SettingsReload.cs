namespace Fabrik.Settings.Reload;

/// <summary>How a reload went.</summary>
internal sealed record SettingsReload
{
    /// <summary>The settings that held before, and go on to hold where there are errors.</summary>
    public required EffectiveSettings Old { get; init; }

    /// <summary>The settings that hold now: the old ones where there are errors.</summary>
    public required EffectiveSettings New { get; init; }

    /// <summary>Why the new configuration was refused; empty where it was taken.</summary>
    public IReadOnlyList<SettingError> Errors { get; init; } = [];

    /// <summary>The settings whose value changed.</summary>
    public IReadOnlyList<SettingChange> Changes { get; init; } = [];

    /// <summary>The keys that changed and wait for a restart.</summary>
    public IEnumerable<string> NeedRestart => Changes.Where(change => !change.IsHot).Select(change => change.Key);
}

/// <summary>One setting, or array of tables, or set of tables with names, that changed.</summary>
/// <param name="Key">Its name in full.</param>
/// <param name="IsHot">Whether the change applies at once, or waits for a restart.</param>
internal sealed record SettingChange(string Key, bool IsHot)
{
    /// <summary>All that differs between two sets of settings.</summary>
    public static IReadOnlyList<SettingChange> Between(EffectiveSettings old, EffectiveSettings now) =>
        [.. InSection(old, now)];

    // Elements of an array have none, so that only their number counts.
    private static IEnumerable<string> Names(IReadOnlyList<EffectiveSettings> items) =>
        items.Select(item => item.Name);

    private static IEnumerable<SettingChange> InSection(EffectiveSettings old, EffectiveSettings now)
    {
        foreach (Schema.Setting setting in old.Settings)
        {
            if (!old.ValueOf(setting).SameAs(now.ValueOf(setting)))
            {
                yield return new SettingChange(setting.Key, setting.IsHot);
            }
        }

        foreach (Schema.SettingsSection array in old.Arrays)
        {
            IReadOnlyList<EffectiveSettings> before = old.Items(array);
            IReadOnlyList<EffectiveSettings> after = now.Items(array);
            if (!Names(before).SequenceEqual(Names(after), StringComparer.Ordinal))
            {
                yield return new SettingChange(array.Path, array.IsHot);
                continue;
            }

            foreach (SettingChange change in before.Zip(after, InSection).SelectMany(changes => changes).Distinct())
            {
                yield return change;
            }
        }
    }
}
