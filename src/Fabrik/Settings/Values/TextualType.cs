using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>A type whose values are written as strings.</summary>
internal abstract class TextualType<T> : SettingType<T>
{
    public override bool TryRead(RawNode node, ValueContext context, out T value)
    {
        value = default!;
        return node is RawScalar scalar && MayBe(scalar.Kind) && TryParse(scalar, context, out value)
            ? true
            : context.Refuse(node, Expected, node is RawScalar other ? Suggest(other.Text) : null);
    }

    public sealed override string ToToml(T value) => TomlLiteral.Quote(Format(value));

    public sealed override void WriteJson(Utf8JsonWriter json, T value) => json.WriteStringValue(Format(value));

    public override void WriteSchema(Utf8JsonWriter json) => json.WriteString("type", "string");

    /// <summary>Whether a scalar of the kind can be a value; strings and untyped text can.</summary>
    protected virtual bool MayBe(ScalarKind kind) => kind is ScalarKind.Text or ScalarKind.Untyped;

    protected abstract bool TryParse(RawScalar scalar, ValueContext context, out T value);

    protected abstract string Format(T value);

    /// <summary>The valid text nearest to a wrong one, for types that know all of theirs.</summary>
    protected virtual string? Suggest(string text) => null;
}
