using System.Text;
using Fabrik.Wire.Http;

namespace Fabrik.Fuzz.Targets;

/// <summary>
/// Lists of entity tags: a strong match is a weak one too, nothing matches that does not stand there, and a tag in
/// front is found whatever follows.
/// </summary>
internal sealed class EntityTagsTarget : IFuzzTarget
{
    private const string Tag = "\"ab,c\"";

    public string Name => "entity-tags";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "*"u8.ToArray(), "\"ab,c\""u8.ToArray(), "W/\"ab,c\""u8.ToArray(), "\"x\", W/\"ab,c\" ,, \"ab,c\""u8.ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var list = Encoding.Latin1.GetString(input);
        var strongly = EntityTags.Match(list, Tag, weakly: false);
        var weakly = EntityTags.Match(list, Tag, weakly: true);
        if (strongly && !weakly)
        {
            throw new InvalidDataException($"'{list}' matches strongly, but not weakly");
        }

        if (weakly && !list.Contains(Tag, StringComparison.Ordinal) && !list.Contains('*', StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{list}' matches {Tag}");
        }

        if (!EntityTags.Match($"{Tag}, {list}", Tag, weakly: false))
        {
            throw new InvalidDataException($"{Tag} is not found in front of '{list}'");
        }
    }
}
