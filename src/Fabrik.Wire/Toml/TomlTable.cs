using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Wire.Toml;

/// <summary>One key of a table with its value.</summary>
/// <param name="Key">The key, quotes and escapes resolved.</param>
/// <param name="KeyPosition">Where the key was first written.</param>
/// <param name="Value">The value.</param>
public readonly record struct TomlEntry(string Key, TomlPosition KeyPosition, TomlValue Value);

/// <summary>How a table came to be: decides who may still add to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named only as part of a longer header: one header may still define it.</summary>
    Implicit,

    /// <summary>Defined by its own header, or the root: closed to other headers.</summary>
    Header,

    /// <summary>Made by a dotted key: open to dotted keys of the same header, closed to a header of its own.</summary>
    Dotted,

    /// <summary>Written inline: closed as soon as it ends.</summary>
    Inline,
}

/// <summary>A table: keys in the order of the document, each once.</summary>
public sealed class TomlTable : TomlValue
{
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    internal TomlTable(TomlPosition position, TomlTableOrigin origin, int depth)
        : base(position)
    {
        Origin = origin;
        Depth = depth;
    }

    /// <summary>The keys and values in the order of the document.</summary>
    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <inheritdoc/>
    public override string Kind => "a table";

    internal TomlTableOrigin Origin { get; set; }

    /// <summary>How many tables and arrays this one is in; the root is in none.</summary>
    internal int Depth { get; }

    /// <summary>Finds a key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        value = _index.TryGetValue(key, out int at) ? _entries[at].Value : null;
        return value is not null;
    }

    internal TomlPosition PositionOf(string key) => _entries[_index[key]].KeyPosition;

    internal void Add(TomlEntry entry)
    {
        _index.Add(entry.Key, _entries.Count);
        _entries.Add(entry);
    }
}
