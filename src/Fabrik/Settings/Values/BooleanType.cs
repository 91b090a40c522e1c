using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Switches.</summary>
internal sealed class BooleanType : SettingType<bool>
{
    public override string Name => "boolean";

    public override string Expected => "true or false";

    public override bool TryRead(RawNode node, ValueContext context, out bool value)
    {
        value = false;
        bool isBoolean = node is RawScalar { Kind: ScalarKind.Boolean or ScalarKind.Untyped } scalar
            && bool.TryParse(scalar.Text, out value);
        return isBoolean || context.Refuse(node, Expected);
    }

    public override string ToToml(bool value) => value ? "true" : "false";

    public override void WriteJson(Utf8JsonWriter json, bool value) => json.WriteBooleanValue(value);

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "boolean");
}
