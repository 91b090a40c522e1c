using System.Text.Json;
using Fabrik.Cache.Layers;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary><c>true</c>, <c>false</c>, or <c>"sync"</c>: when a write reaches an upstream.</summary>
internal sealed class WriteThroughType : SettingType<WriteThrough>
{
    private const string Sync = "sync";

    public override string Name => "boolean | sync";

    public override string Expected => $"true, false or \"{Sync}\"";

    public override bool TryRead(RawNode node, ValueContext context, out WriteThrough value)
    {
        value = WriteThrough.Off;
        if (node is not RawScalar scalar)
        {
            return context.Refuse(node, Expected);
        }

        bool isText = scalar.Kind is ScalarKind.Text or ScalarKind.Untyped;
        bool isSwitch = scalar.Kind is ScalarKind.Boolean or ScalarKind.Untyped;
        (bool isRead, value) = scalar.Text switch
        {
            "true" when isSwitch => (true, WriteThrough.Queued),
            "false" when isSwitch => (true, WriteThrough.Off),
            Sync when isText => (true, WriteThrough.Sync),
            _ => (false, WriteThrough.Off),
        };
        return isRead || context.Refuse(node, Expected);
    }

    public override string ToToml(WriteThrough value) => value switch
    {
        WriteThrough.Queued => "true",
        WriteThrough.Sync => TomlLiteral.Quote(Sync),
        _ => "false",
    };

    public override void WriteJson(Utf8JsonWriter json, WriteThrough value)
    {
        if (value == WriteThrough.Sync)
        {
            json.WriteStringValue(Sync);
        }
        else
        {
            json.WriteBooleanValue(value == WriteThrough.Queued);
        }
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("enum");
        json.WriteBooleanValue(true);
        json.WriteBooleanValue(false);
        json.WriteStringValue(Sync);
        json.WriteEndArray();
    }
}
