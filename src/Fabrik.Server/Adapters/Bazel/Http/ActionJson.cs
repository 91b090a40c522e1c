using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>
/// Results in the JSON form of protobuf, for clients without protobuf. A field that is none is an error: what is left
/// out would be missing when it is read back.
/// </summary>
internal static class ActionJson
{
    /// <summary>The type of such a body.</summary>
    public const string ContentType = "application/json";

    // Far above the depth that a result has.
    private const int MaxDepth = 16;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly JsonParser Parser = new(new JsonParser.Settings(MaxDepth));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    /// <summary>Whether a read asks for JSON by name.</summary>
    public static bool IsWanted(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(static type => IsJson(type) && type.Quality is null or > 0);

    /// <summary>Whether a body says that it is JSON.</summary>
    public static bool IsSent(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsJson(type);

    /// <summary>
    /// The JSON of a result. It has no auxiliary metadata: these are of types that only their sender knows.
    /// </summary>
    public static byte[] Write(ActionResult result)
    {
        if (result.ExecutionMetadata is { AuxiliaryMetadata.Count: > 0 } metadata)
        {
            metadata.AuxiliaryMetadata.Clear();
        }

        return Strict.GetBytes(Formatter.Format(result));
    }

    /// <summary>Reads a result; the error says what is wrong with it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ActionResult? result, out string fault)
    {
        try
        {
            (result, fault) = (Parser.Parse<ActionResult>(Strict.GetString(json)), "");
            return true;
        }
        catch (Exception wrong) when (wrong is IOException or ArgumentException or InvalidOperationException)
        {
            // In this order: no JSON, or not of this message; no UTF-8; metadata of an unknown type.
            (result, fault) = (null, wrong.Message);
            return false;
        }
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase);
}
