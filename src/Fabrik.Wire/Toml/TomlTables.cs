namespace Fabrik.Wire.Toml;

/// <summary>Who may define and extend which table: the rules that make every key and table be defined once.</summary>
internal sealed class TomlTables(TomlCursor cursor)
{
    /// <summary>The table of a <c>[header]</c>, or null after an error.</summary>
    public TomlTable? DefineByHeader(TomlTable root, List<TomlKey> path)
    {
        if (WalkHeader(root, path) is not { } parent)
        {
            return null;
        }

        TomlKey last = path[^1];
        if (!parent.TryGet(last.Name, out TomlValue? existing))
        {
            return AddTable(parent, last, TomlTableOrigin.Header);
        }

        if (existing is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            return table;
        }

        return Refuse(parent, path, path.Count - 1, "a new table");
    }

    /// <summary>The new last table of a <c>[[header]]</c>, or null after an error.</summary>
    public TomlTable? AppendToArray(TomlTable root, List<TomlKey> path)
    {
        if (WalkHeader(root, path) is not { } parent)
        {
            return null;
        }

        TomlKey last = path[^1];
        if (!parent.TryGet(last.Name, out TomlValue? existing))
        {
            existing = new TomlArray(last.Position, isTableArray: true);
            parent.Add(new TomlEntry(last.Name, last.Position, existing));
        }

        if (existing is not TomlArray { IsTableArray: true } array)
        {
            return Refuse(parent, path, path.Count - 1, "an array of tables");
        }

        if (!TryDepth(parent.Depth + 2, last.Position))
        {
            return null;
        }

        TomlTable table = new(last.Position, TomlTableOrigin.Header, parent.Depth + 2);
        array.Add(table);
        return table;
    }

    /// <summary>Puts a value under a dotted key.</summary>
    public bool Assign(TomlTable table, List<TomlKey> path, TomlValue value)
    {
        for (int i = 0; i < path.Count - 1; i++)
        {
            TomlTable? next = !table.TryGet(path[i].Name, out TomlValue? existing)
                ? AddTable(table, path[i], TomlTableOrigin.Dotted)
                : existing as TomlTable is { Origin: TomlTableOrigin.Dotted } dotted
                    ? dotted
                    : Refuse(table, path, i, "a table that dotted keys may add to");
            if (next is null)
            {
                return false;
            }

            table = next;
        }

        TomlKey last = path[^1];
        if (table.TryGet(last.Name, out _))
        {
            Refuse(table, path, path.Count - 1, "a new key");
            return false;
        }

        table.Add(new TomlEntry(last.Name, last.Position, value));
        return true;
    }

    public bool TryDepth(int depth, TomlPosition position) => depth <= TomlDocument.MaxDepth
        || cursor.FailAt(position, $"expected at most {TomlDocument.MaxDepth} tables and arrays in each other");

    private TomlTable? WalkHeader(TomlTable table, List<TomlKey> path)
    {
        for (int i = 0; i < path.Count - 1; i++)
        {
            TomlTable? next = !table.TryGet(path[i].Name, out TomlValue? existing)
                ? AddTable(table, path[i], TomlTableOrigin.Implicit)
                : existing switch
                {
                    TomlTable { Origin: not TomlTableOrigin.Inline } open => open,
                    TomlArray { IsTableArray: true } array => (TomlTable)array.Items[^1],
                    _ => Refuse(table, path, i, "a table that may be added to"),
                };
            if (next is null)
            {
                return null;
            }

            table = next;
        }

        return table;
    }

    private TomlTable? AddTable(TomlTable parent, TomlKey key, TomlTableOrigin origin)
    {
        if (!TryDepth(parent.Depth + 1, key.Position))
        {
            return null;
        }

        TomlTable table = new(key.Position, origin, parent.Depth + 1);
        parent.Add(new TomlEntry(key.Name, key.Position, table));
        return table;
    }

    private TomlTable? Refuse(TomlTable parent, List<TomlKey> path, int at, string expected)
    {
        TomlKey key = path[at];
        string name = string.Join('.', path.Take(at + 1).Select(part => part.Name));
        cursor.FailAt(
            key.Position,
            $"expected {expected}, found '{name}', already defined in line {parent.PositionOf(key.Name).Line}");
        return null;
    }
}
