using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>
/// A string, number or boolean, or a list of such, all kept as their text: for what is compared with values of somebody
/// else's types.
/// </summary>
internal sealed class ScalarsType : SettingType<IReadOnlyList<string>>
{
    public override string Name => "value or list";

    public override string Expected => "a string, a number, a boolean, or a list of these";

    public override bool IsList => true;

    public override bool TryRead(RawNode node, ValueContext context, out IReadOnlyList<string> value)
    {
        value = [];
        IReadOnlyList<RawNode> items = node is RawList list ? list.Items : [node];
        if (items.Count > ListType<string>.MaxItems || !items.All(IsValue))
        {
            return context.Refuse(node, Expected);
        }

        value = [.. items.Cast<RawScalar>().Select(scalar => scalar.Text)];
        return true;
    }

    public override string ToToml(IReadOnlyList<string> value) => value is [string single]
        ? TomlLiteral.Quote(single)
        : $"[{string.Join(", ", value.Select(TomlLiteral.Quote))}]";

    public override void WriteJson(Utf8JsonWriter json, IReadOnlyList<string> value)
    {
        json.WriteStartArray();
        foreach (string item in value)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("type");
        foreach (string type in (string[])["string", "number", "boolean", "array"])
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
    }

    public override bool AreSame(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.SequenceEqual(right, StringComparer.Ordinal);

    private static bool IsValue(RawNode node) => node is RawScalar
    {
        Kind: ScalarKind.Text or ScalarKind.Untyped or ScalarKind.Integer or ScalarKind.Float or ScalarKind.Boolean,
    };
}
