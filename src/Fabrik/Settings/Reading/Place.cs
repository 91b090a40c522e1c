using System.Globalization;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reading;

/// <summary>Where in the configuration the reader is.</summary>
/// <param name="Key">
/// The name in full, with indices and names: <c>upstream[0]</c>, <c>backends.hot</c>; empty at the root.
/// </param>
/// <param name="Prefixes">What tokens here begin with, one for each name that the sections may go by.</param>
internal sealed record Place(string Key, IReadOnlyList<string> Prefixes)
{
    /// <summary>The name that the file gives to this place; empty where it gives none.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The name in full of something here.</summary>
    public string KeyOf(string name) => Key.Length == 0 ? name : $"{Key}.{name}";

    /// <summary>Goes into a section.</summary>
    public Place Enter(SettingsSection section)
    {
        IEnumerable<string> names = section.Aliases.Prepend(section.Name).Select(name => $"{name.ToUpperInvariant()}_");
        return new Place(KeyOf(section.Name), [.. Prefixes.SelectMany(_ => names, (prefix, name) => prefix + name)]);
    }

    /// <summary>Goes to an element of an array.</summary>
    public Place At(int index) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Key}[{index}]"),
        [.. Prefixes.Select(prefix => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}_"))]);

    /// <summary>Goes to a table by its name.</summary>
    public Place Of(string name) => new(
        KeyOf(name), [.. Prefixes.Select(prefix => $"{prefix}{SettingsVariables.TokenOf(name)}_")])
    {
        Name = name,
    };
}
