namespace Fabrik.Wire.Toml;

/// <summary>An array of values, or an array of tables.</summary>
public sealed class TomlArray : TomlValue
{
    private readonly List<TomlValue> _items = [];

    internal TomlArray(TomlPosition position, bool isTableArray = false)
        : base(position) => IsTableArray = isTableArray;

    /// <summary>The elements in the order of the document.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Whether it was written as <c>[[name]]</c>, and so can be added to by another such header.</summary>
    public bool IsTableArray { get; }

    /// <inheritdoc/>
    public override string Kind => "an array";

    internal void Add(TomlValue item) => _items.Add(item);
}
