using System.Globalization;
using Fabrik.Settings.Tree;
using Fabrik.Wire.Toml;

namespace Fabrik.Settings.Files;

/// <summary>TOML 1.1, which takes every document of 1.0 with the same meaning.</summary>
internal static class TomlFormat
{
    public static RawTable Parse(string path, byte[] bytes, List<SettingError> errors)
    {
        TomlDocument document = TomlDocument.Parse(bytes, TomlVersion.V1_1);
        errors.AddRange(document.Errors.Select(error => new SettingError(At(path, error.Position), "", error.Message)));
        return Table(path, document.Root, depth: 0, errors);
    }

    private static RawTable Table(string path, TomlTable table, int depth, List<SettingError> errors) => new(
        At(path, table.Position),
        [.. table.Entries.Select(entry => new RawEntry(
            entry.Key, At(path, entry.KeyPosition), Node(path, entry.Value, depth + 1, errors)))]);

    private static RawNode Node(string path, TomlValue value, int depth, List<SettingError> errors)
    {
        Origin origin = At(path, value.Position);
        if (value is TomlTable or TomlArray && depth > SettingsFile.MaxDepth)
        {
            string problem = $"expected at most {SettingsFile.MaxDepth} tables and lists in each other";
            errors.Add(new SettingError(origin, "", problem));
            return new RawScalar(origin, ScalarKind.Null, "");
        }

        return value switch
        {
            TomlTable table => Table(path, table, depth, errors),
            TomlArray array => new RawList(
                origin, [.. array.Items.Select(item => Node(path, item, depth + 1, errors))]),
            TomlString text => new RawScalar(origin, ScalarKind.Text, text.Value),
            TomlInteger number => new RawScalar(origin, ScalarKind.Integer, Invariant(number.Value)),
            TomlFloat number => new RawScalar(origin, ScalarKind.Float, Invariant(number.Value)),
            TomlBoolean boolean => new RawScalar(origin, ScalarKind.Boolean, boolean.Value ? "true" : "false"),
            _ => new RawScalar(origin, ScalarKind.DateTime, "a date or time"),
        };
    }

    private static string Invariant(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static Origin At(string path, TomlPosition position) => Origin.File(path, position.Line, position.Column);
}
