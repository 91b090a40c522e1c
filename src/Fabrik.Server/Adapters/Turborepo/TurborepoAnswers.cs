using System.Buffers;
using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Turborepo;

/// <summary>
/// What Turborepo can hear and go on. A 403 switches its remote cache off altogether, so a token that may only read is
/// told that its upload was accepted, and the upload is dropped. A 5xx is tried again, so a failed write is 412.
/// Errors are JSON: <c>{"error":{"code","message"}}</c>.
/// </summary>
internal static class TurborepoAnswers
{
    private static readonly Answer Miss = new(404);
    private static readonly Answer Accepted = new(202, "accepted");
    private static readonly Answer Dropped = new(202, "dropped: the token may not write");

    public static AnswerTable Table { get; } = new()
    {
        Miss = Miss,
        Stored = Accepted,
        Identical = Accepted,
        Kept = Accepted,
        Unauthenticated = new Answer(401, "a valid token is required: set TURBO_TOKEN to one that has not expired"),
        ReadForbidden = Miss,
        WriteForbidden = Dropped,
        BadReadKey = Miss,
        BadWriteKey = new Answer(412, "not stored: the hash must be 1 to 256 letters, digits, - and _"),
        ReadFault = static _ => Miss,
        WriteFault = static kind => kind == CacheErrorKind.TooLarge
            ? new Answer(413, "not stored: the artifact is too large")
            : new Answer(412, "not stored"),
        ContentType = "application/json; charset=utf-8",
        Body = static (request, answer, message) => answer.Status == 202
            ? WriteUrls(request, answer != Dropped)
            : WriteError(answer.Status, message),
    };

    /// <summary>The code that goes with a status.</summary>
    private static string CodeOf(int status) => status switch
    {
        400 => "bad_request",
        401 => "unauthorized",
        412 => "precondition_failed",
        413 => "payload_too_large",
        _ => "error",
    };

    private static byte[] WriteUrls(HttpRequest request, bool stored)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("urls"u8);
            if (stored)
            {
                json.WriteStringValue($"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}");
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] WriteError(int status, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, CodeOf(status));
            json.WriteString("message"u8, message);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
