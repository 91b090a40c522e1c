using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>Tells every effective value and where it comes from. Secrets show as stars.</summary>
internal static partial class SettingsReport
{
    private const string Hidden = "***";

    /// <summary>As TOML that could be loaded again, each value with its origin behind it.</summary>
    public static string ToText(EffectiveSettings settings)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# configuration file: {settings.FilePath ?? "none"}\n");
        WriteScope(text, settings);
        return text.ToString();
    }

    /// <summary>As one JSON object: the file, and every setting by its key.</summary>
    public static string ToJson(EffectiveSettings settings)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, ReferenceJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("file", settings.FilePath);
            WriteScope(json, settings);
            json.WriteEndObject();
        }

        return ReferenceJson.Text(buffer);
    }

    private static void WriteScope(StringBuilder text, EffectiveSettings settings)
    {
        foreach (IGrouping<SettingsSection, Setting> section in settings.Settings.GroupBy(setting => setting.Section))
        {
            string path = Index().Replace(settings.KeyOf(section.Key), "");
            string header = section.Key.IsArray ? $"[[{path}]]" : $"[{path}]";
            text.Append(CultureInfo.InvariantCulture, $"\n{header}\n");
            string[] lines = [.. section.Select(setting => $"{setting.Name} = {Shown(settings, setting)}")];
            int width = Math.Min(60, lines.Max(line => line.Length));
            foreach ((string line, Setting setting) in lines.Zip(section))
            {
                text.Append(CultureInfo.InvariantCulture, $"{line.PadRight(width)}  # {settings.OriginOf(setting)}\n");
            }
        }

        foreach (EffectiveSettings item in settings.Arrays.SelectMany(settings.Items))
        {
            WriteScope(text, item);
        }
    }

    private static string Shown(EffectiveSettings settings, Setting setting) =>
        IsHidden(settings, setting) ? $"\"{Hidden}\"" : settings.ValueOf(setting).ToToml();

    // That a secret is not set is worth knowing.
    private static bool IsHidden(EffectiveSettings settings, Setting setting) =>
        setting.IsSecret && settings.IsSet(setting);

    private static void WriteScope(Utf8JsonWriter json, EffectiveSettings settings)
    {
        json.WriteStartArray("settings");
        foreach (Setting setting in settings.Settings)
        {
            json.WriteStartObject();
            json.WriteString("key", setting.Key);
            json.WritePropertyName("value");
            if (IsHidden(settings, setting))
            {
                json.WriteStringValue(Hidden);
            }
            else
            {
                settings.ValueOf(setting).WriteJson(json);
            }

            WriteOrigin(json, settings.OriginOf(setting));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        foreach (SettingsSection array in settings.Arrays)
        {
            json.WritePropertyName(array.Name);
            WriteItems(json, array, settings.Items(array));
        }
    }

    private static void WriteItems(
        Utf8JsonWriter json, SettingsSection section, IReadOnlyList<EffectiveSettings> items)
    {
        json.WriteStartArray();
        foreach (EffectiveSettings item in items)
        {
            json.WriteStartObject();
            if (section.IsMap)
            {
                json.WriteString("name", item.Name);
            }

            WriteScope(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    [GeneratedRegex(@"\[[0-9]+\]")]
    private static partial Regex Index();

    private static void WriteOrigin(Utf8JsonWriter json, Origin origin)
    {
        json.WriteStartObject("origin");
        json.WriteString("kind", origin.Kind switch
        {
            OriginKind.File => "file",
            OriginKind.Environment => "environment",
            OriginKind.CommandLine => "command line",
            _ => "default",
        });
        if (origin.Kind != OriginKind.Default)
        {
            json.WriteString("name", origin.Name);
        }

        if (origin.Line > 0)
        {
            json.WriteNumber("line", origin.Line);
            json.WriteNumber("column", origin.Column);
        }

        json.WriteEndObject();
    }
}
