using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Fuzz.Targets;

/// <summary>Hex of an artifact id: what is taken is written back the same.</summary>
internal sealed class ArtifactIdTarget : IFuzzTarget
{
    public string Name => "artifact-id";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.ASCII.GetBytes("46bbb5fd44c6dbab957117c1987032bc3e5b32c9f5311f03f478b2965e842b65"),
        Encoding.ASCII.GetBytes("46BBB5FD44C6DBAB957117C1987032BC3E5B32C9F5311F03F478B2965E842B65"),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (ArtifactId.TryParse(text, out var id)
            && !string.Equals(id.ToString(), text, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"'{text}' was read as {id}");
        }
    }
}
