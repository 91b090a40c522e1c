using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>Bytes that are answered with, but do not lie in the cache as they are.</summary>
internal sealed class HeldArtifact(ArtifactId id, ReadOnlyMemory<byte> bytes) : CachedArtifact
{
    private static readonly ArtifactMetadata Metadata = new() { Tool = BlobSpace.Tool };

    /// <inheritdoc/>
    public override ArtifactInfo Info { get; } = new()
    {
        Id = id,
        Digest = new ContentDigest(SHA256.HashData(bytes.Span)),
        Size = bytes.Length,
        Metadata = Metadata,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <inheritdoc/>
    public override bool TryGetMemory(out ReadOnlyMemory<byte> all)
    {
        all = bytes;
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(bytes.Slice((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
