using Fabrik.Settings;
using Fabrik.Settings.Tree;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// A format of configuration files: bad input is an error with a place in the file, never an exception.
/// </summary>
internal sealed class SettingsFormatTarget(
    string name, Func<string, byte[], List<SettingError>, RawTable> parse, IReadOnlyList<byte[]> seeds) : IFuzzTarget
{
    public static IReadOnlyList<byte[]> JsonSeeds { get; } =
    [
        "{\"cache\": {\"max_size\": 1.5e3, \"dir\": \"\\u00e9\\n\"}, \"a\": [true, null, {}, []]}"u8.ToArray(),
    ];

    public static IReadOnlyList<byte[]> YamlSeeds { get; } =
    [
        "%YAML 1.2\n---\na: &x [1, 0x2, ~, 'b', \"c\\u00e9\"]\nb: *x\nc: |\n  d\n? e\n: !!str f # g\n...\n"u8.ToArray(),
        "a: {b: c, d: [e]}\n- f\n"u8.ToArray(),
    ];

    public string Name => name;

    public IReadOnlyList<byte[]> Seeds => seeds;

    public void Run(ReadOnlySpan<byte> input)
    {
        List<SettingError> errors = [];
        parse("f", input.ToArray(), errors);
        int lines = input.Count((byte)'\n') + input.Count((byte)'\r') + 1;
        foreach (SettingError error in errors)
        {
            if (error.Origin.Line < 1 || error.Origin.Column < 1)
            {
                throw new InvalidDataException($"outside of {lines} lines: {error}");
            }
        }
    }
}
