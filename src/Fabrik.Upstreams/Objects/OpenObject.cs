using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>An object whose head was read, and whose content comes next.</summary>
/// <param name="Head">What it is.</param>
/// <param name="HeadLength">Bytes in front of the content.</param>
/// <param name="Body">The open answer, which stands at the content's first byte.</param>
internal sealed record OpenObject(ObjectHead Head, int HeadLength, ObjectBody Body)
{
    /// <summary>Whose it is.</summary>
    public ArtifactId Id => Head.Id;
}
