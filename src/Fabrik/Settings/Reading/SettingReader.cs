using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Tree;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Reading;

/// <summary>Takes one setting from the strongest source that has it.</summary>
internal sealed class SettingReader(SettingsSources sources, SourceSet overrides, List<SettingError> errors)
{
    private readonly VariableExpansion _expansion = new(sources.Environment, errors);

    // Which setting a token was taken for: names in the file may make one token of two settings.
    private readonly Dictionary<string, string> _takenFor = new(StringComparer.Ordinal);

    /// <summary>The sources that are stronger than the file.</summary>
    public SourceSet Overrides => overrides;

    /// <summary>Reads a setting.</summary>
    /// <param name="setting">The declaration.</param>
    /// <param name="key">Its name in full, with indices: <c>upstream[0].url</c>.</param>
    /// <param name="prefixes">What its tokens begin with, one for each name of its section.</param>
    /// <param name="file">What the file says; null where it is silent.</param>
    /// <param name="section">Where its section begins, for a setting that is required and missing.</param>
    public SettingValue Read(Setting setting, string key, IReadOnlyList<string> prefixes, RawNode? file, Origin section)
    {
        RawNode? node = file is null ? null : _expansion.Expand(file, key);
        bool isBroken = file is not null && node is null;
        string[] tokens = [.. prefixes.SelectMany(_ => Names(setting), (prefix, name) => prefix + name)];
        foreach (OverrideSet source in overrides.WeakestFirst)
        {
            node = Whole(source, tokens, setting, key) ?? node;
            node = setting.Type.IsList ? WithIndexed(source, tokens, node, key) : node;
        }

        node ??= isBroken ? null : Standard(setting);
        SettingValue fallback = setting.Default(sources.Environment);
        if (node is null)
        {
            if (setting.IsRequired && !isBroken)
            {
                errors.Add(new SettingError(section, key, $"expected {setting.Type.Expected}, found nothing"));
            }

            return fallback;
        }

        ValueContext context = new(key, errors)
        {
            IsSecret = setting.IsSecret,
            BaseDirectory = BaseDirectory,
            Home = sources.Environment.Home,
        };
        return setting.Read(node, context) ?? fallback;
    }

    private static IEnumerable<string> Names(Setting setting) =>
        setting.Aliases.Prepend(setting.Name).Select(name => name.ToUpperInvariant());

    private RawNode? Whole(OverrideSet source, string[] tokens, Setting setting, string key)
    {
        Override? found = null;
        foreach (string token in tokens)
        {
            if (Take(source, token, key) is not { } item)
            {
                continue;
            }

            if (found is not null)
            {
                errors.Add(new SettingError(item.Origin, key, $"is set twice: {found.Origin} is the same setting"));
            }

            found ??= item;
        }

        if (found is null)
        {
            return null;
        }

        if (found.IsBare && setting.Type is not (BooleanType or OptionalType<bool>))
        {
            string problem = $"expected {setting.Type.Expected} after the flag, found nothing";
            errors.Add(new SettingError(found.Origin, key, problem));
            return null;
        }

        return setting.Type.IsList ? Split(found) : Untyped(found);
    }

    private RawNode? WithIndexed(OverrideSet source, string[] tokens, RawNode? node, string key)
    {
        List<RawNode> items = node is RawList list ? [.. list.Items] : [];
        Origin? origin = null;
        foreach (string token in tokens)
        {
            foreach (int index in source.IndicesAfter(token + "_", ListType<string>.MaxItems))
            {
                if (Take(source, $"{token}_{index}", key) is not { } item)
                {
                    continue;
                }

                origin = item.Origin;
                if (index > items.Count)
                {
                    string problem = $"expected the index {items.Count} next, found {index}";
                    errors.Add(new SettingError(item.Origin, key, problem));
                    continue;
                }

                items.RemoveRange(index, index < items.Count ? 1 : 0);
                items.Insert(index, Untyped(item));
            }
        }

        return origin is null ? node : new RawList(origin, items);
    }

    private Override? Take(OverrideSet source, string token, string key)
    {
        Override? item = source.Take(token);
        if (item is not null && !_takenFor.TryAdd(token, key) && _takenFor[token] != key)
        {
            string problem = $"expected a name of one setting, found that of {_takenFor[token]} too";
            errors.Add(new SettingError(item.Origin, key, problem));
        }

        return item;
    }

    private RawScalar? Standard(Setting setting) => setting.StandardVariables
        .Where(name => sources.Environment.Find(name) is not null)
        .Select(name => new RawScalar(Origin.Variable(name), ScalarKind.Untyped, sources.Environment.Find(name)!))
        .FirstOrDefault();

    private static RawScalar Untyped(Override item) => new(item.Origin, ScalarKind.Untyped, item.Text);

    private static RawList Split(Override item)
    {
        const StringSplitOptions Options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return new RawList(
            item.Origin,
            [.. item.Text.Split(',', Options).Select(text => new RawScalar(item.Origin, ScalarKind.Untyped, text))]);
    }

    private string BaseDirectory(Origin origin) => origin.Kind == OriginKind.File
        ? Path.GetDirectoryName(Path.GetFullPath(origin.Name, sources.WorkingDirectory)) ?? sources.WorkingDirectory
        : sources.WorkingDirectory;
}
