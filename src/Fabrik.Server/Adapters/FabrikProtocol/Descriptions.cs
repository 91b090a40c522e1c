using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>What answers say of an artifact besides its bytes.</summary>
internal static class Descriptions
{
    /// <summary>What the first message says.</summary>
    public static GetResponse Describe(ArtifactInfo info)
    {
        var header = new GetResponse
        {
            SizeBytes = info.Size,
            Digest = ByteString.CopyFrom(info.Digest.Bytes),
            CreatedUnixMs = info.CreatedAt.ToUnixTimeMilliseconds(),
            ExpiresUnixMs = info.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0,
        };
        MetadataOf(info).Write(header.Metadata);
        return header;
    }

    /// <summary>What a description says.</summary>
    public static ExistsResponse DescribeExisting(ArtifactInfo info)
    {
        var response = new ExistsResponse
        {
            Exists = true,
            SizeBytes = info.Size,
            Digest = ByteString.CopyFrom(info.Digest.Bytes),
            CreatedUnixMs = info.CreatedAt.ToUnixTimeMilliseconds(),
            ExpiresUnixMs = info.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0,
        };
        MetadataOf(info).Write(response.Metadata);
        return response;
    }

    private static EntryMetadata MetadataOf(ArtifactInfo info) =>
        new(info.Metadata.Tool, info.Metadata.Key, info.Metadata.Properties);
}
