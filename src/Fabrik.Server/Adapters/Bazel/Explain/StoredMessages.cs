using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Protos;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>Reads the messages that actions are made of, where a build tool has stored them as blobs.</summary>
internal sealed class StoredMessages(ServerServices services)
{
    /// <summary>Bytes of a message that is read.</summary>
    public const int MaxBytes = BlobLimit.Folder;

    /// <summary>A message by its hash; <see langword="null"/> if it is not there, or is none of this kind.</summary>
    public async ValueTask<CacheResult<T?>> ReadAsync<T>(
        CachePrincipal principal, string? hash, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        if (hash is null || !Wire.Bazel.BlobDigest.IsHash(hash))
        {
            return default(T);
        }

        var id = ArtifactKey.IdOf(principal.Tenant, BlobSpace.Scope, BlobSpace.Namespace, hash);
        var read = await BlobReader.ReadAsync(services.CacheOf(principal), id, MaxBytes, cancellationToken);
        return !read.TryGet(out var stored, out var error) ? error
            : stored?.Bytes is { } bytes && parser.TryParse(bytes, out var message, out _) ? message
            : default(T);
    }
}
