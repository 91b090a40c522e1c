using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>What a server says of an artifact, in the cache's terms.</summary>
internal static class ServerDescriptions
{
    /// <summary>Reads what a download begins with; <see langword="null"/> if it is not what version 1 says.</summary>
    public static ArtifactInfo? Read(ArtifactId id, GetResponse header) =>
        Read(id, header.Metadata, (header.SizeBytes, header.Digest), (header.CreatedUnixMs, header.ExpiresUnixMs));

    /// <summary>Reads a description; <see langword="null"/> if it is not what version 1 says.</summary>
    public static ArtifactInfo? Read(ArtifactId id, ExistsResponse answer) =>
        Read(id, answer.Metadata, (answer.SizeBytes, answer.Digest), (answer.CreatedUnixMs, answer.ExpiresUnixMs));

    private static ArtifactInfo? Read(
        ArtifactId id,
        MapField<string, string> metadata,
        (long Size, ByteString Digest) content,
        (long Created, long Expires) times)
    {
        if (content.Size < 0
            || content.Digest.Length != ContentDigest.Length
            || !EntryMetadata.TryRead(metadata, out var said))
        {
            return null;
        }

        return new ArtifactInfo
        {
            Id = id,
            Digest = new ContentDigest(content.Digest.Span),
            Size = content.Size,
            Metadata = new ArtifactMetadata
            {
                Tool = said.Tool.Length > 0 ? said.Tool : FabrikContract.Namespace,
                Key = said.Key,
                Properties = said.Properties,
            },
            CreatedAt = MomentOf(times.Created),
            ExpiresAt = times.Expires == 0 ? null : MomentOf(times.Expires),
        };
    }

    // A clock that is wrong makes a strange time, but no failure.
    private static DateTimeOffset MomentOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
        milliseconds,
        DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
        DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
