using System.Text;
using Fabrik.Wire.Toml;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// TOML of both editions: errors stand inside the document, trees keep to the depth limit, and what 1.0 takes 1.1 takes
/// too.
/// </summary>
internal sealed class TomlTarget : IFuzzTarget
{
    public string Name => "toml";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes("""
            # é
            a.b = [1, 0x2_0, -3.5e6, inf, nan, true] # c
            "q\u00e9\U0001F600" = 'raw' 
            [t.u]
            d = 1979-05-27T07:32:00.5-07:00
            e = {x = 1, y.z = "w"}
            [[t.v]]
            f = 07:32:00
            [[t.v]]
            """),
        "s = \"\"\"\r\na\\\r\n  b\"\"\"\"\"\r\nl = '''\n'x'''\r\n"u8.ToArray(),
        "a = {\n b = 1, # c\n c = \"\\e\\x41\",\n}\nt = 07:32\n"u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        TomlDocument old = TomlDocument.Parse(input, TomlVersion.V1_0);
        TomlDocument current = TomlDocument.Parse(input, TomlVersion.V1_1);
        if (old.Errors.Count == 0 && current.Errors.Count > 0)
        {
            throw new InvalidDataException($"1.1 refuses what 1.0 takes: {current.Errors[0]}");
        }

        int lines = input.Count((byte)'\n') + 1;
        foreach (TomlError error in current.Errors)
        {
            if (error.Position.Line < 1 || error.Position.Line > lines || error.Position.Column < 1)
            {
                throw new InvalidDataException($"outside of {lines} lines: {error}");
            }
        }

        Walk(current.Root, 0);
    }

    private static void Walk(TomlValue value, int depth)
    {
        if (depth > TomlDocument.MaxDepth + 1)
        {
            throw new InvalidDataException("deeper than the limit");
        }

        if (value is TomlTable table)
        {
            foreach (TomlEntry entry in table.Entries)
            {
                Walk(entry.Value, depth + 1);
            }
        }
        else if (value is TomlArray array)
        {
            foreach (TomlValue item in array.Items)
            {
                Walk(item, depth + 1);
            }
        }
    }
}
