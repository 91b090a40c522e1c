using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>
/// The layouts that are known. They lie beside the blobs, not among them, since the name of one says nothing of its
/// bytes; they belong to a tenant, as blobs do.
/// </summary>
internal sealed class ChunkLayouts(ServerServices services)
{
    /// <summary>The namespace of the ids; see <see cref="ArtifactKey"/>.</summary>
    public const string Namespace = "bazel-layout";

    /// <summary>The id of a blob's layout.</summary>
    public static ArtifactId IdOf(CachePrincipal principal, BlobDigest blob) =>
        ArtifactKey.IdOf(principal.Tenant, BlobSpace.Scope, Namespace, blob.Hash);

    /// <summary>The layout of a blob, whose chunks may be gone; <see langword="null"/> is a miss.</summary>
    public async ValueTask<CacheResult<ChunkLayout?>> FindAsync(
        CachePrincipal principal, BlobDigest blob, CancellationToken cancellationToken)
    {
        var read = await BlobReader.ReadAsync(
            services.CacheOf(principal), IdOf(principal, blob), ChunkLimit.Layout, cancellationToken);
        if (!read.TryGet(out var stored, out var error))
        {
            return error;
        }

        return stored is null ? default(ChunkLayout)
            : stored.Bytes is not { } bytes ? Damaged(blob, $"it has {stored.Info.Size} bytes")
            : ChunkLayout.TryParse(bytes, blob, out var layout, out var reason) ? layout
            : Damaged(blob, reason);
    }

    /// <summary>Keeps a layout instead of the one that is there, of which chunks may be gone.</summary>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        CachePrincipal principal, ChunkLayout layout, CancellationToken cancellationToken)
    {
        var bytes = layout.ToMessage().ToByteArray();
        PutOptions options = new()
        {
            Metadata = new ArtifactMetadata { Tool = BlobSpace.Tool, Key = layout.Blob.ToString() },
            ExpectedSize = bytes.Length,
            MaxSize = ChunkLimit.Layout,
            Overwrite = true,
        };
        return services.CacheOf(principal).PutAsync(
            IdOf(principal, layout.Blob),
            PipeReader.Create(new ReadOnlySequence<byte>(bytes)),
            options,
            cancellationToken);
    }

    private static CacheError Damaged(BlobDigest blob, string why) =>
        CacheError.Internal(CacheErrorKind.Damaged, $"what is stored as the layout of the blob {blob} is none: {why}");
}
