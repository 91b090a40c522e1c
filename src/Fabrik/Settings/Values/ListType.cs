using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>A list whose elements have one type.</summary>
internal sealed class ListType<T>(SettingType<T> item) : SettingType<IReadOnlyList<T>>
{
    /// <summary>Elements that a list may have.</summary>
    public const int MaxItems = 1000;

    public override string Name => $"list of {item.Name}";

    public override string Expected => $"a list, each element {item.Expected}";

    public override bool IsList => true;

    public override bool TryRead(RawNode node, ValueContext context, out IReadOnlyList<T> value)
    {
        value = [];
        if (node is not RawList list)
        {
            return context.Refuse(node, Expected);
        }

        if (list.Items.Count > MaxItems)
        {
            return context.Refuse(node, $"at most {MaxItems} elements");
        }

        List<T> items = [];
        foreach (RawNode element in list.Items)
        {
            if (item.TryRead(element, context, out T read))
            {
                items.Add(read);
            }
        }

        value = items;
        return items.Count == list.Items.Count;
    }

    public override string ToToml(IReadOnlyList<T> value) => $"[{string.Join(", ", value.Select(item.ToToml))}]";

    public override void WriteJson(Utf8JsonWriter json, IReadOnlyList<T> value)
    {
        json.WriteStartArray();
        foreach (T element in value)
        {
            item.WriteJson(json, element);
        }

        json.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteString("type", "array");
        json.WriteNumber("maxItems", MaxItems);
        json.WriteStartObject("items");
        item.WriteSchema(json);
        json.WriteEndObject();
    }

    public override bool AreSame(IReadOnlyList<T> left, IReadOnlyList<T> right) =>
        left.Count == right.Count && left.Zip(right, item.AreSame).All(same => same);
}
