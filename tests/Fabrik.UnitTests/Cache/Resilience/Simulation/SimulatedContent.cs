using Fabrik.Cache.Artifacts;

namespace Fabrik.UnitTests.Cache.Resilience.Simulation;

/// <summary>What the artifacts of a simulation are: everybody can tell right bytes from wrong ones.</summary>
internal static class SimulatedContent
{
    public const int Count = 12;

    private static readonly int[] Sizes = [0, 1, 100, 4096, 65_536, 100_000];

    public static ArtifactId IdOf(int index)
    {
        Span<byte> bytes = stackalloc byte[ArtifactId.Length];
        bytes[0] = (byte)index;
        return new ArtifactId(bytes);
    }

    public static byte[] Of(ArtifactId id)
    {
        int index = id.Bytes[0];
        var content = new byte[Sizes[index % Sizes.Length]];
        new Random(index).NextBytes(content);
        return content;
    }

    public static bool IsThere(ArtifactId id) => id.Bytes[0] % 2 == 0;
}
