using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>Reads the head and the trailers of an answer (gRPC over HTTP/2, "Responses").</summary>
internal static class ResponseHead
{
    private const string Pushback = "grpc-retry-pushback-ms";
    private const int MaxQuoted = 100;

    private static readonly TimeSpan NoMoreAttempts = TimeSpan.FromTicks(-1);

    /// <summary>Looks whether messages follow.</summary>
    /// <returns>Nothing if they do, else how the call ended.</returns>
    public static CallOutcome? Check(HttpResponseMessage response)
    {
        if (ReadStatus(response.Headers) is { } outcome)
        {
            return outcome;
        }

        var status = (int)response.StatusCode;
        var contentType = Find(response.Content.Headers, "Content-Type");
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new CallOutcome(
                StatusFields.FromHttpStatus(status), $"the server answered HTTP {status} without a gRPC status");
        }

        return GrpcFields.IsContentType(contentType)
            ? null
            : new CallOutcome(
                StatusCode.Unknown,
                contentType is null
                    ? "the server answered without a content type, application/grpc was expected"
                    : $"the server answered \"{Quote(contentType)}\", application/grpc was expected");
    }

    /// <summary>How the call ended, once all messages are read.</summary>
    public static CallOutcome ReadEnd(HttpResponseMessage response) =>
        ReadStatus(response.TrailingHeaders)
        ?? new CallOutcome(StatusCode.Unknown, "the answer ended without a grpc-status");

    /// <summary>The metadata among fields.</summary>
    public static Metadata ReadMetadata(HttpResponseHeaders fields)
    {
        Metadata? metadata = null;
        foreach (var (name, values) in fields.NonValidated)
        {
            foreach (var value in values)
            {
                MetadataFields.Receive(metadata ??= [], name, value);
            }
        }

        return metadata ?? Metadata.Empty;
    }

    /// <summary>The first value of a field, or nothing.</summary>
    public static string? Find(HttpHeaders fields, string name)
    {
        if (fields.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value;
            }
        }

        return null;
    }

    private static CallOutcome? ReadStatus(HttpResponseHeaders fields)
    {
        if (Find(fields, GrpcFields.Status) is not { } number)
        {
            return null;
        }

        var detail = Find(fields, GrpcFields.Message) is { } message ? StatusMessage.Decode(message) : "";
        if (!StatusFields.TryParse(number, out var code))
        {
            detail = $"the server's grpc-status is no number: \"{Quote(number)}\" {detail}";
        }

        return new CallOutcome(new Status(code, detail), ReadMetadata(fields)) { Pushback = ReadPushback(fields) };
    }

    private static TimeSpan? ReadPushback(HttpResponseHeaders fields) => Find(fields, Pushback) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pause)
            && pause >= 0 => TimeSpan.FromMilliseconds(pause),
        _ => NoMoreAttempts,
    };

    private static string Quote(string text)
    {
        var quoted = text.Length <= MaxQuoted ? text : $"{text.AsSpan(0, MaxQuoted)}…";
        return string.Create(quoted.Length, quoted, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? '?' : text[i];
            }
        });
    }
}
