using System.Globalization;
using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Whole numbers within bounds.</summary>
internal sealed class IntegerType(int min, int max) : SettingType<int>
{
    public override string Name => "integer";

    public override string Expected => $"an integer from {min} to {max}";

    public override bool TryRead(RawNode node, ValueContext context, out int value)
    {
        value = 0;
        bool isNumber = node is RawScalar { Kind: ScalarKind.Integer or ScalarKind.Untyped } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min
            && value <= max;
        return isNumber || context.Refuse(node, Expected);
    }

    public override string ToToml(int value) => value.ToString(CultureInfo.InvariantCulture);

    public override void WriteJson(Utf8JsonWriter json, int value) => json.WriteNumberValue(value);

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "integer");
        json.WriteNumber("minimum", min);
        json.WriteNumber("maximum", max);
    }
}
