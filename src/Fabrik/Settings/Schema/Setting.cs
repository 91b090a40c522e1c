using System.Text.Json;
using Fabrik.Settings.Tree;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>
/// The declaration of one setting: the one place that knows its name, type, default and meaning. Loading, flags,
/// variables, help, the reference page, the JSON Schema and <c>config show</c> follow from it.
/// </summary>
internal abstract class Setting
{
    /// <summary>The key inside its section, in <c>snake_case</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a sentence or two that end with a full stop.</summary>
    public required string Help { get; init; }

    /// <summary>Whether the value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether a reload applies a change at once; the others wait for a restart.</summary>
    public bool IsHot { get; init; }

    /// <summary>Whether a section that is present must set it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Older names that are accepted in its place.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Variables of other tools that stand in where no source of ours sets it, weaker than the file.</summary>
    public IReadOnlyList<string> StandardVariables { get; init; } = [];

    /// <summary>What the default is called where it depends on the machine: <c>$XDG_CACHE_HOME/fabrik</c>.</summary>
    public string? FallbackText { get; init; }

    /// <summary>Where it belongs.</summary>
    public SettingsSection Section { get; internal set; } = SettingsSection.None;

    /// <summary>The name in full: <c>cache.max_size</c>, <c>upstream[].url</c>.</summary>
    public string Key => Section.KeyOf(Name);

    /// <summary>The type, for descriptions.</summary>
    public abstract SettingType Type { get; }

    /// <summary>The default as TOML, or as words.</summary>
    public abstract string DefaultText { get; }

    /// <summary>Reads a value; null after an error.</summary>
    public abstract SettingValue? Read(RawNode node, ValueContext context);

    /// <summary>The default on this machine.</summary>
    public abstract SettingValue Default(SettingsEnvironment environment);

    /// <summary>Writes the default as JSON, if it is the same on every machine.</summary>
    public abstract bool TryWriteDefault(Utf8JsonWriter json, string member);
}

/// <summary>The declaration of one setting.</summary>
/// <typeparam name="T">What a reader of the setting gets.</typeparam>
internal sealed class Setting<T>(SettingType<T> type) : Setting
{
    /// <summary>The value where nobody sets one.</summary>
    public T Fallback { get; init; } = default!;

    /// <summary>
    /// The value where nobody sets one and it depends on the machine; goes with a <see cref="Setting.FallbackText"/>.
    /// </summary>
    public Func<SettingsEnvironment, T>? FallbackFrom { get; init; }

    public override SettingType Type => type;

    public override string DefaultText => IsRequired ? "required" : FallbackText ?? type.ToToml(Fallback);

    public override SettingValue? Read(RawNode node, ValueContext context) =>
        type.TryRead(node, context, out T value) ? new SettingValue<T>(value, type, node.Origin) : null;

    public override SettingValue Default(SettingsEnvironment environment) =>
        new SettingValue<T>(FallbackFrom is null ? Fallback : FallbackFrom(environment), type, Origin.Default);

    public override bool TryWriteDefault(Utf8JsonWriter json, string member)
    {
        if (IsRequired || FallbackText is not null)
        {
            return false;
        }

        json.WritePropertyName(member);
        type.WriteJson(json, Fallback);
        return true;
    }
}
