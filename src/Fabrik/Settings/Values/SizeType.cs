using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Sizes within bounds; a plain integer counts bytes.</summary>
internal sealed class SizeType(ByteSize min, ByteSize max) : TextualType<ByteSize>
{
    public override string Name => "size";

    public override string Expected => $"a size such as \"10GB\" or \"512MiB\", from {min} to {max}";

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("type");
        json.WriteStringValue("string");
        json.WriteStringValue("integer");
        json.WriteEndArray();
        json.WriteString("pattern", @"^\s*[0-9]+(\.[0-9]+)?\s*([kKmMgGtTpP][iI]?)?[bB]?\s*$");
        json.WriteNumber("minimum", min.Bytes);
        json.WriteNumber("maximum", max.Bytes);
    }

    protected override bool MayBe(ScalarKind kind) => kind is ScalarKind.Integer || base.MayBe(kind);

    protected override bool TryParse(RawScalar scalar, ValueContext context, out ByteSize value) =>
        ByteSize.TryParse(scalar.Text, out value) && value >= min && value <= max;

    protected override string Format(ByteSize value) => value.ToString();
}
