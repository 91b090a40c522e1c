using Fabrik.Fuzz.Targets;

namespace Fabrik.Fuzz;

/// <summary>Every target, one line each; the unit tests smoke-run all of them.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new ArtifactIdTarget(),
        new BlobReaderTarget(),
        new InlineCodecTarget(),
    ];
}
