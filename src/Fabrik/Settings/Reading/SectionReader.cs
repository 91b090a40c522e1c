using Fabrik.Settings.Files;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Tree;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Reading;

/// <summary>Walks the schema and the file's tree side by side: settings are read, strangers are refused.</summary>
internal sealed class SectionReader(
    SettingReader reader, SettingsSchema schema, SettingsFile file, List<SettingError> errors)
{
    /// <summary>Elements that an array of tables may have, and tables that may have names.</summary>
    public const int MaxItems = 1000;

    // What editors write into a file to find its schema.
    private const string SchemaKey = "$schema";

    /// <summary>Reads everything.</summary>
    public EffectiveSettings ReadRoot() => ReadScope(schema.Root, file.Tree, new Place("", [""]));

    // One set of values: the root, an element of an array or a table with a name, with the plain sections in it.
    private EffectiveSettings ReadScope(SettingsSection section, RawTable table, Place place)
    {
        Dictionary<Setting, SettingValue> values = [];
        Dictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> items = [];
        ReadSection(section, table, place, new Scope(values, items));
        return new EffectiveSettings(section, place, values, items, file) { Origin = table.Origin };
    }

    private void ReadSection(SettingsSection section, RawTable table, Place place, Scope scope)
    {
        Dictionary<string, RawEntry> entries = Match(section, table, place);
        foreach (Setting setting in section.Settings)
        {
            RawNode? node = entries.TryGetValue(setting.Name, out RawEntry entry) ? entry.Value : null;
            scope.Values[setting] = reader.Read(setting, place.KeyOf(setting.Name), place.Prefixes, node, table.Origin);
        }

        foreach (SettingsSection child in section.Children)
        {
            RawNode? node = entries.TryGetValue(child.Name, out RawEntry entry) ? entry.Value : null;
            Place inside = place.Enter(child);
            if (child.IsArray)
            {
                scope.Items[child] = ReadItems(child, node, inside);
            }
            else if (child.IsMap)
            {
                scope.Items[child] = [.. ReadNamed(child, AsTable(node, inside.Key) ?? RawTable.Empty, inside)];
            }
            else
            {
                ReadSection(child, AsTable(node, inside.Key) ?? RawTable.Empty, inside, scope);
            }
        }
    }

    private List<EffectiveSettings> ReadItems(SettingsSection section, RawNode? node, Place place)
    {
        if (node is not (null or RawList or RawScalar { Kind: ScalarKind.Null }))
        {
            errors.Add(new SettingError(node.Origin, place.Key, "expected an array of tables, found something else"));
        }

        IReadOnlyList<RawNode> fromFile = node is RawList list ? list.Items : [];
        int highest = reader.Overrides.WeakestFirst
            .SelectMany(source => place.Prefixes.SelectMany(prefix => source.IndicesAfter(prefix, MaxItems)))
            .DefaultIfEmpty(-1)
            .Max();
        int count = Math.Min(MaxItems, Math.Max(fromFile.Count, highest + 1));
        if (fromFile.Count > MaxItems)
        {
            string problem = $"expected at most {MaxItems} tables, found {fromFile.Count}";
            errors.Add(new SettingError(node!.Origin, place.Key, problem));
        }

        List<EffectiveSettings> items = [];
        for (int i = 0; i < count; i++)
        {
            Place inside = place.At(i);
            bool isPresent = i < fromFile.Count
                || reader.Overrides.WeakestFirst.Any(source => inside.Prefixes.Any(source.HasPrefix));
            if (!isPresent)
            {
                Origin origin = Origin.Variable($"{SettingsVariables.Prefix}{inside.Prefixes[0]}*");
                string problem = $"expected the index {i} next, found only higher ones";
                errors.Add(new SettingError(origin, inside.Key, problem));
                break;
            }

            RawTable? table = i < fromFile.Count ? AsTable(fromFile[i], inside.Key) : null;
            items.Add(ReadScope(section, table ?? RawTable.Empty, inside));
        }

        return items;
    }

    private IEnumerable<EffectiveSettings> ReadNamed(SettingsSection section, RawTable table, Place place)
    {
        if (table.Entries.Count > MaxItems)
        {
            string problem = $"expected at most {MaxItems} tables, found {table.Entries.Count}";
            errors.Add(new SettingError(table.Origin, place.Key, problem));
        }

        foreach (RawEntry entry in table.Entries.Take(MaxItems))
        {
            Place inside = place.Of(entry.Name);
            if (SettingsSection.IsItemName(entry.Name))
            {
                RawTable item = AsTable(entry.Value, inside.Key) ?? new RawTable(entry.Origin, []);
                yield return ReadScope(section, item, inside);
            }
            else
            {
                string problem = "expected a name of up to 64 letters, digits, \"-\" and \"_\"";
                errors.Add(new SettingError(entry.Origin, inside.Key, problem));
            }
        }
    }

    private RawTable? AsTable(RawNode? node, string key)
    {
        // In YAML a section whose keys are all commented out is null.
        if (node is RawTable or null or RawScalar { Kind: ScalarKind.Null })
        {
            return node as RawTable;
        }

        errors.Add(new SettingError(node.Origin, key, "expected a table of settings, found something else"));
        return null;
    }

    // What the section knows, by its present name.
    private Dictionary<string, RawEntry> Match(SettingsSection section, RawTable table, Place place)
    {
        Dictionary<string, RawEntry> matched = new(StringComparer.Ordinal);
        foreach (RawEntry entry in table.Entries)
        {
            if (NameIn(section, entry.Name) is not { } name)
            {
                Refuse(section, entry, place);
            }
            else if (!matched.TryAdd(name, entry))
            {
                string problem = $"is set twice: {matched[name].Name} in line {matched[name].Origin.Line} is the same";
                errors.Add(new SettingError(entry.Origin, place.KeyOf(entry.Name), problem));
            }
        }

        return matched;
    }

    private static string? NameIn(SettingsSection section, string written) =>
        section.Settings.FirstOrDefault(setting => IsNamed(written, setting.Name, setting.Aliases))?.Name
        ?? section.Children.FirstOrDefault(child => IsNamed(written, child.Name, child.Aliases))?.Name;

    private static bool IsNamed(string written, string name, IReadOnlyList<string> aliases) =>
        name == written || aliases.Contains(written, StringComparer.Ordinal);

    private void Refuse(SettingsSection section, RawEntry entry, Place place)
    {
        if (section == schema.Root && entry.Name == SchemaKey)
        {
            return;
        }

        IReadOnlyList<string> later = section == schema.Root ? schema.Later : section.Later;
        bool isLater = later.Contains(entry.Name, StringComparer.Ordinal);
        bool isTable = entry.Value is RawTable or RawList { Items: [RawTable, ..] };
        string what = isTable ? "section" : "key";
        string problem = isLater
            ? $"this {what} is not supported by this version"
            : $"unknown {what}";
        IEnumerable<string> names = section.Settings.Select(setting => setting.Name)
            .Concat(section.Children.Select(child => child.Name));
        errors.Add(new SettingError(entry.Origin, place.KeyOf(entry.Name), problem)
        {
            Suggestion = isLater ? null : Suggestion.Nearest(entry.Name, names),
        });
    }

    private readonly record struct Scope(
        Dictionary<Setting, SettingValue> Values, Dictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> Items);
}
