using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>A value or <c>"none"</c>, for settings whose type has no value to spare for "not set".</summary>
internal sealed class OptionalType<T>(SettingType<T> inner) : SettingType<T?>
    where T : struct
{
    private const string None = "none";

    public override string Name => inner.Name;

    public override string Expected => $"{inner.Expected}, or \"{None}\"";

    public override bool TryRead(RawNode node, ValueContext context, out T? value)
    {
        value = null;
        if (node is RawScalar { Kind: ScalarKind.Text or ScalarKind.Untyped, Text: None })
        {
            return true;
        }

        bool isRead = inner.TryRead(node, context, out T read);
        value = isRead ? read : null;
        return isRead;
    }

    public override string ToToml(T? value) => value is { } present ? inner.ToToml(present) : TomlLiteral.Quote(None);

    public override void WriteJson(Utf8JsonWriter json, T? value)
    {
        if (value is { } present)
        {
            inner.WriteJson(json, present);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        inner.WriteSchema(json);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("const", None);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
