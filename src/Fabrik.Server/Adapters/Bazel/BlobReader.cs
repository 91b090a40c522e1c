using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>The bytes of a blob.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Owner">Whose they are, if anybody's.</param>
internal readonly record struct LentBlob(ReadOnlyMemory<byte> Bytes, IAsyncDisposable? Owner);

/// <summary>What was stored under an id.</summary>
/// <param name="Info">What is known of it.</param>
/// <param name="Bytes">Its bytes, unless there are too many.</param>
internal sealed record StoredBytes(ArtifactInfo Info, byte[]? Bytes);

/// <summary>Reads small blobs into memory; whoever asks has looked at the size in the digest.</summary>
internal sealed class BlobReader(BlobSpace blobs)
{
    private static readonly StreamPipeWriterOptions Copying = new(minimumBufferSize: 64 * 1024);

    /// <summary>The bytes of a blob; <see langword="null"/> is a miss. The empty one is always there.</summary>
    public async ValueTask<CacheResult<byte[]?>> ReadAsync(
        CachePrincipal principal, BlobDigest digest, CancellationToken cancellationToken)
    {
        if (digest.IsEmpty)
        {
            return Array.Empty<byte>();
        }

        var opened = await blobs.OpenAsync(principal, digest, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return default(byte[]);
        }

        await using (artifact)
        {
            var read = await ReadAsync(artifact, cancellationToken);
            return read.TryGet(out var bytes, out error) ? bytes : error;
        }
    }

    /// <summary>
    /// The same without a copy of what is in memory already; whoever is lent it disposes of its owner.
    /// </summary>
    public async ValueTask<CacheResult<LentBlob?>> LendAsync(
        CachePrincipal principal, BlobDigest digest, CancellationToken cancellationToken)
    {
        if (digest.IsEmpty)
        {
            return new LentBlob(default, null);
        }

        var opened = await blobs.OpenAsync(principal, digest, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return default(LentBlob?);
        }

        if (artifact.TryGetMemory(out var memory))
        {
            return new LentBlob(memory, artifact);
        }

        await using (artifact)
        {
            var read = await ReadAsync(artifact, cancellationToken);
            return read.TryGet(out var bytes, out error) ? new LentBlob(bytes, null) : error;
        }
    }

    /// <summary>What is stored under an id, of whatever kind; <see langword="null"/> is a miss.</summary>
    /// <param name="tier">Where.</param>
    /// <param name="id">Its id.</param>
    /// <param name="maxSize">Bytes that are read: what has more is no such thing, and comes without its bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<CacheResult<StoredBytes?>> ReadAsync(
        ICacheTier tier, ArtifactId id, long maxSize, CancellationToken cancellationToken)
    {
        var opened = await tier.GetAsync(id, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return default(StoredBytes);
        }

        await using (artifact)
        {
            if (artifact.Info.Size > maxSize)
            {
                return new StoredBytes(artifact.Info, null);
            }

            var read = await ReadAsync(artifact, cancellationToken);
            return read.TryGet(out var bytes, out error) ? new StoredBytes(artifact.Info, bytes) : error;
        }
    }

    /// <summary>All the bytes of an artifact.</summary>
    public static async ValueTask<CacheResult<byte[]>> ReadAsync(
        CachedArtifact artifact, CancellationToken cancellationToken)
    {
        if (artifact.TryGetMemory(out var memory))
        {
            return memory.ToArray();
        }

        var bytes = new byte[artifact.Info.Size];
        if (artifact.TryGetFile(out var file, out var start) && file is not null)
        {
            return await ReadFileAsync(file, start, bytes, cancellationToken) is { } fault ? fault : bytes;
        }

        var writer = PipeWriter.Create(new MemoryStream(bytes), Copying);
        var copied = await artifact.CopyToAsync(writer, 0, bytes.Length, cancellationToken);
        await writer.CompleteAsync();
        return copied.Error is { } error ? error : bytes;
    }

    private static async ValueTask<CacheError?> ReadFileAsync(
        SafeFileHandle file, long start, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var read = await ArtifactFile.ReadAsync(file, bytes, start, cancellationToken);
            if (!read.TryGet(out var count, out var error))
            {
                return error;
            }

            (start, bytes) = (start + count, bytes[count..]);
        }

        return null;
    }
}
