using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
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
        var opened = await services.CacheOf(principal).GetAsync(id, cancellationToken);
        if (!opened.TryGet(out var artifact, out var error) || artifact is null)
        {
            return error is null ? default(T) : error;
        }

        await using (artifact)
        {
            if (artifact.Info.Size > MaxBytes)
            {
                return default(T);
            }

            var read = await BlobReader.ReadAsync(artifact, cancellationToken);
            return read.TryGet(out var bytes, out error) ? Parse(bytes, parser) : error;
        }
    }

    private static T? Parse<T>(byte[] bytes, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
