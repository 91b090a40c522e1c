using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>Where those who wait for a fetch find the artifact.</summary>
internal enum FetchAnswerKind
{
    /// <summary>Nowhere.</summary>
    Miss,

    /// <summary>In the local tier.</summary>
    Local,

    /// <summary>In memory, verified.</summary>
    Memory,

    /// <summary>In the window, while it comes.</summary>
    Window,
}

/// <summary>What a fetch found.</summary>
/// <param name="Kind">Where the artifact is.</param>
/// <param name="Info">What is known of it, when it is not to be found in the local tier.</param>
/// <param name="Bytes">All of it, when it is in memory.</param>
internal sealed record FetchAnswer(FetchAnswerKind Kind, ArtifactInfo? Info = null, byte[]? Bytes = null)
{
    public static FetchAnswer Miss { get; } = new(FetchAnswerKind.Miss);

    public static FetchAnswer Local { get; } = new(FetchAnswerKind.Local);
}
