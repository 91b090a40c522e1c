using System.Buffers;

namespace Fabrik.Settings.Schema;

/// <summary>
/// A table of settings, an array of such tables, or tables that the file gives names. Declared in a static class
/// beside its settings, which add themselves; nothing is added after the class is initialised.
/// </summary>
internal sealed class SettingsSection
{
    /// <summary>What names of tables look like: they become parts of flags, variables, metrics and errors.</summary>
    public const string ItemNamePattern = "^[A-Za-z0-9_-]{1,64}$";

    private static readonly SearchValues<char> ItemNameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly List<Setting> _settings = [];
    private readonly List<SettingsSection> _children = [];

    /// <summary>Declares a section.</summary>
    /// <param name="name">The key of the table, in <c>snake_case</c>; empty only for the root.</param>
    /// <param name="help">What the section is about, in a sentence or two that end with a full stop.</param>
    public SettingsSection(string name, string help)
    {
        Name = name;
        Help = help;
    }

    /// <summary>Stands in until a setting is added to its section.</summary>
    public static SettingsSection None { get; } = new("", "");

    public string Name { get; }

    public string Help { get; }

    /// <summary>Whether it is an array of tables (<c>[[name]]</c>).</summary>
    public bool IsArray { get; init; }

    /// <summary>Whether it holds tables that the file names (<c>[name.hot]</c>), in the order of the file.</summary>
    public bool IsMap { get; init; }

    /// <summary>Whether a reload applies that elements of the array, or tables with names, come or go.</summary>
    public bool IsHot { get; init; }

    /// <summary>Older names that are accepted in its place.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// Keys and sub-sections that a later version will know: refused by another word than a misspelt one.
    /// </summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    /// <summary>The section around this one; null for the root and until it is added.</summary>
    public SettingsSection? Parent { get; private set; }

    /// <summary>Its settings in the order of declaration.</summary>
    public IReadOnlyList<Setting> Settings => _settings;

    /// <summary>The sections in it in the order of declaration.</summary>
    public IReadOnlyList<SettingsSection> Children => _children;

    /// <summary>
    /// The name in full: <c>build_tools.gradle</c>, <c>upstream[]</c>, <c>backends.&lt;name&gt;</c>; empty for the
    /// root.
    /// </summary>
    public string Path => Parent is null ? "" : Parent.KeyOf(IsArray ? $"{Name}[]" : IsMap ? $"{Name}.<name>" : Name);

    /// <summary>Whether a table may go by a name: <see cref="ItemNamePattern"/>.</summary>
    public static bool IsItemName(string name) =>
        name.Length is > 0 and <= 64 && !name.AsSpan().ContainsAnyExcept(ItemNameCharacters);

    /// <summary>Adds a setting.</summary>
    public Setting<T> Add<T>(Setting<T> setting)
    {
        setting.Section = this;
        _settings.Add(setting);
        return setting;
    }

    /// <summary>Adds a section.</summary>
    public SettingsSection Add(SettingsSection child)
    {
        child.Parent = this;
        _children.Add(child);
        return child;
    }

    /// <summary>The name in full of something in this section.</summary>
    public string KeyOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
