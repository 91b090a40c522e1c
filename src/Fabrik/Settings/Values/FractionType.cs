using System.Globalization;
using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Shares of a whole, from 0 to 1.</summary>
internal sealed class FractionType : SettingType<double>
{
    public override string Name => "fraction";

    public override string Expected => "a number from 0 to 1";

    public override bool TryRead(RawNode node, ValueContext context, out double value)
    {
        value = 0;
        bool isNumber = node is RawScalar { Kind: ScalarKind.Integer or ScalarKind.Float or ScalarKind.Untyped } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && value is >= 0 and <= 1;
        return isNumber || context.Refuse(node, Expected);
    }

    // TOML tells numbers with a fraction from those without by the point; both are read.
    public override string ToToml(double value) => value.ToString("0.################", CultureInfo.InvariantCulture);

    public override void WriteJson(Utf8JsonWriter json, double value) => json.WriteNumberValue(value);

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "number");
        json.WriteNumber("minimum", 0);
        json.WriteNumber("maximum", 1);
    }
}
