using System.Buffers;
using System.Text.Json;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>The JSON Schema (2020-12) of a configuration, for editors.</summary>
internal static class SettingsJsonSchema
{
    /// <summary>Writes the schema.</summary>
    public static string Write(SettingsSchema schema)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, ReferenceJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "Fabrik configuration");
            WriteSection(json, schema.Root);
            json.WriteEndObject();
        }

        return ReferenceJson.Text(buffer);
    }

    private static void WriteSection(Utf8JsonWriter json, SettingsSection section)
    {
        if (section.Help.Length > 0)
        {
            json.WriteString("description", section.Help);
        }

        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        if (section.Parent is null)
        {
            json.WriteStartObject("$schema");
            json.WriteString("type", "string");
            json.WriteEndObject();
        }

        foreach (Setting setting in section.Settings)
        {
            WriteNamed(json, setting.Name, setting.Aliases, () => WriteSetting(json, setting));
        }

        foreach (SettingsSection child in section.Children)
        {
            WriteNamed(json, child.Name, child.Aliases, () => WriteChild(json, child));
        }

        json.WriteEndObject();
        WriteRequired(json, section);
    }

    private static void WriteNamed(Utf8JsonWriter json, string name, IReadOnlyList<string> aliases, Action content)
    {
        foreach (string one in aliases.Prepend(name))
        {
            json.WriteStartObject(one);
            content();
            if (one != name)
            {
                json.WriteBoolean("deprecated", true);
            }

            json.WriteEndObject();
        }
    }

    private static void WriteChild(Utf8JsonWriter json, SettingsSection child)
    {
        if (child.IsMap)
        {
            WriteMap(json, child);
            return;
        }

        if (!child.IsArray)
        {
            WriteSection(json, child);
            return;
        }

        json.WriteString("type", "array");
        json.WriteStartObject("items");
        WriteSection(json, child);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, SettingsSection child)
    {
        json.WriteString("type", "object");
        json.WriteStartObject("propertyNames");
        json.WriteString("pattern", SettingsSection.ItemNamePattern);
        json.WriteEndObject();
        json.WriteStartObject("additionalProperties");
        WriteSection(json, child);
        json.WriteEndObject();
    }

    // Any value may be a string that names a variable, whatever type it has when that is filled in.
    private static void WriteSetting(Utf8JsonWriter json, Setting setting)
    {
        json.WriteString("description", setting.Help);
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        setting.Type.WriteSchema(json);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("type", "string");
        json.WriteString("pattern", @"\$\{.+\}");
        json.WriteEndObject();
        json.WriteEndArray();
        setting.TryWriteDefault(json, "default");
    }

    private static void WriteRequired(Utf8JsonWriter json, SettingsSection section)
    {
        string[] required = [.. section.Settings.Where(setting => setting.IsRequired).Select(setting => setting.Name)];
        if (required.Length == 0)
        {
            return;
        }

        json.WriteStartArray("required");
        foreach (string name in required)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
