using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache;

/// <summary>
/// A hit: the bytes of one artifact, readable until this is disposed of. A caller takes the cheapest way that is
/// offered: <see cref="TryGetMemory"/>, then <see cref="TryGetFile"/>, then <see cref="CopyToAsync"/>.
/// </summary>
public abstract class CachedArtifact : IAsyncDisposable
{
    /// <summary>What is known of the artifact.</summary>
    public abstract ArtifactInfo Info { get; }

    /// <summary>All the bytes, when they are in memory already (small values).</summary>
    public virtual bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    /// <summary>
    /// A file that holds exactly the artifact's bytes from <paramref name="offset"/> on, unencoded, so that the kernel
    /// can send them without copying. The handle stays this object's.
    /// </summary>
    public virtual bool TryGetFile(out SafeFileHandle? file, out long offset)
    {
        file = null;
        offset = 0;
        return false;
    }

    /// <summary>
    /// Writes <paramref name="length"/> bytes from <paramref name="offset"/> on, flushing as it goes; works for every
    /// artifact. Damage found on the way ends with an error after what was good; the caller must then break off its
    /// own answer, since its length was promised.
    /// </summary>
    public abstract ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken);

    /// <summary>Lets go of the bytes.</summary>
    public abstract ValueTask DisposeAsync();
}
