using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fabrik.Server.Rpc;

/// <summary>Metadata in the fields of a request and of its answer.</summary>
internal static class RpcHeaders
{
    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                MetadataFields.Receive(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    /// <summary>Adds what an application sends; it cannot touch the fields of HTTP and of the protocol.</summary>
    public static void Write(Metadata metadata, IHeaderDictionary headers)
    {
        foreach (var entry in metadata)
        {
            if (!GrpcFields.IsReserved(entry.Key))
            {
                headers[entry.Key] = StringValues.Concat(headers[entry.Key], MetadataFields.Format(entry));
            }
        }
    }
}
