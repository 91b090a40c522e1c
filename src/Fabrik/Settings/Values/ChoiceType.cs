using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>One of a few names.</summary>
/// <typeparam name="T">What the names stand for.</typeparam>
internal sealed class ChoiceType<T>(params IReadOnlyList<(string Name, T Value)> choices) : TextualType<T>
    where T : notnull
{
    public override string Name => string.Join(" | ", choices.Select(choice => choice.Name));

    public override string Expected => $"one of {string.Join(", ", choices.Select(choice => choice.Name))}";

    /// <summary>Names that a later version will know, to be refused by another word than a misspelt one.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    public override bool TryRead(RawNode node, ValueContext context, out T value)
    {
        if (node is RawScalar scalar && Later.Contains(scalar.Text, StringComparer.Ordinal))
        {
            value = default!;
            return context.Refuse(node, $"{Expected} (this version supports no others)");
        }

        return base.TryRead(node, context, out value);
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        base.WriteSchema(json);
        json.WriteStartArray("enum");
        foreach ((string name, _) in choices)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    protected override bool TryParse(RawScalar scalar, ValueContext context, out T value)
    {
        foreach ((string name, T candidate) in choices)
        {
            if (name == scalar.Text)
            {
                value = candidate;
                return true;
            }
        }

        value = default!;
        return false;
    }

    protected override string Format(T value) =>
        choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name;

    protected override string? Suggest(string text) => Suggestion.Nearest(text, choices.Select(choice => choice.Name));
}
