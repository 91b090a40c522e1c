using System.Buffers;
using Fabrik.Wire.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3;

/// <summary>Sends documents.</summary>
internal static class S3Answers
{
    /// <summary>The one who owns everything: there are no accounts.</summary>
    public static readonly S3Owner Owner = new("fabrik", "fabrik");

    private static readonly string[] Kept = ["x-amz-request-id", "Connection", "Content-Range", "Date"];

    /// <summary>Sends a document.</summary>
    public static async ValueTask<S3Fault?> SendAsync(
        S3Call call, Action<IBufferWriter<byte>> write, int status = StatusCodes.Status200OK)
    {
        ArrayBufferWriter<byte> document = new();
        write(document);
        var response = call.Http.Response;
        response.StatusCode = status;
        response.ContentType = S3Xml.ContentType;
        response.ContentLength = document.WrittenCount;
        await response.BodyWriter.WriteAsync(document.WrittenMemory, call.Aborted);
        return null;
    }

    /// <summary>Sends a fault; where there can be no body it is the status alone, as S3 does it.</summary>
    public static async Task SendAsync(S3Call call, S3Fault fault)
    {
        var response = call.Http.Response;
        foreach (var name in response.Headers.Keys.Except(Kept, StringComparer.OrdinalIgnoreCase).ToList())
        {
            // Those of the object that is not sent.
            response.Headers.Remove(name);
        }

        response.StatusCode = fault.Status;
        if (HttpMethods.IsHead(call.Http.Request.Method))
        {
            return;
        }

        await SendAsync(call, to => WriteError(to, call, fault), fault.Status);
    }

    /// <summary>Writes the document of a fault, or what comes behind the declaration where that is sent.</summary>
    public static void WriteError(
        IBufferWriter<byte> to, S3Call call, S3Fault fault, bool omitDeclaration = false) =>
        S3Xml.WriteError(to, new S3ErrorDocument(
            fault.Code, fault.Message, call.Target.RawPath ?? "/", call.RequestId)
        {
            Details = Details(call),
            OmitDeclaration = omitDeclaration,
        });

    private static List<KeyValuePair<string, string>> Details(S3Call call)
    {
        List<KeyValuePair<string, string>> details = [];
        if (call.Target.Bucket is { Length: > 0 } bucket)
        {
            details.Add(new("BucketName", bucket));
        }

        if (call.Target.Key is { Length: > 0 } key)
        {
            details.Add(new("Key", key));
        }

        return details;
    }
}
