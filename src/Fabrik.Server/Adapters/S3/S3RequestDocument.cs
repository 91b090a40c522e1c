using Fabrik.Server.Adapters.S3.Bodies;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3;

/// <summary>Reads the documents that come with requests.</summary>
internal static class S3RequestDocument
{
    /// <summary>Reads one whole, its framing taken off and its checksums checked.</summary>
    /// <param name="call">The request.</param>
    /// <param name="hasChecksum">Whether <c>x-amz-checksum-</c> headers are of the document, not of an object.</param>
    public static async ValueTask<(S3Fault? Fault, byte[] Bytes)> ReadAsync(S3Call call, bool hasChecksum = true)
    {
        if (UploadBody.TryOpen(call, S3XmlRequests.MaxDocumentBytes, out var body, hasChecksum) is { } fault)
        {
            return (fault == S3Faults.EntityTooLarge ? S3Faults.MalformedXml : fault, []);
        }

        using (body)
        {
            try
            {
                var bytes = await RequestBody.ReadAsync(body.Reader, S3XmlRequests.MaxDocumentBytes, call.Aborted);
                return bytes is null ? (S3Faults.MalformedXml, [])
                    : body.Check(bytes) is { } wrong ? (wrong, [])
                    : (null, bytes);
            }
            catch (IOException) when (!call.IsBodyBroken)
            {
                return (body.FramingFault ?? S3Faults.IncompleteBody, []);
            }
        }
    }
}
