using Google.Protobuf.Collections;

namespace Fabrik.Wire.Protos.Fabrik;

/// <summary>
/// What a tool said of an artifact, as a metadata map has it: <c>:tool</c>, <c>:key</c>, and each property under its
/// own name; a name that begins with a colon gets another one in front.
/// </summary>
/// <param name="Tool">The tool that stored it first, wherever that was; empty if nobody said.</param>
/// <param name="Key">Its key as that tool wrote it; empty if nobody said.</param>
/// <param name="Properties">The tool's own facts.</param>
public readonly record struct EntryMetadata(
    string Tool, string Key, IReadOnlyList<KeyValuePair<string, string>> Properties)
{
    private const string ToolName = ":tool";
    private const string KeyName = ":key";

    /// <summary>
    /// Reads a map; false when it has more than <see cref="FabrikContract.MaxMetadataEntries"/> entries or
    /// <see cref="FabrikContract.MaxMetadataLength"/> characters.
    /// </summary>
    public static bool TryRead(MapField<string, string> map, out EntryMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(map);
        metadata = default;
        var (tool, key, length) = ("", "", 0);
        var properties = map.Count <= 2 ? [] : new List<KeyValuePair<string, string>>(map.Count);
        foreach (var (name, value) in map)
        {
            length += name.Length + value.Length;
            switch (name)
            {
                case ToolName:
                    tool = value;
                    break;
                case KeyName:
                    key = value;
                    break;
                default:
                    properties.Add(new(name.StartsWith(':') ? name[1..] : name, value));
                    break;
            }
        }

        metadata = new EntryMetadata(tool, key, properties);
        return map.Count <= FabrikContract.MaxMetadataEntries && length <= FabrikContract.MaxMetadataLength;
    }

    /// <summary>Writes into a map. Of properties with one name the last one stays.</summary>
    public void Write(MapField<string, string> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        AddIfSaid(map, ToolName, Tool);
        AddIfSaid(map, KeyName, Key);
        foreach (var (name, value) in Properties)
        {
            map[name.StartsWith(':') ? ":" + name : name] = value;
        }
    }

    private static void AddIfSaid(MapField<string, string> map, string name, string value)
    {
        if (value.Length > 0)
        {
            map[name] = value;
        }
    }
}
