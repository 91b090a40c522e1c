using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// JSON from strangers: one object in valid UTF-8, no comments, no trailing commas, no member twice at any depth
/// (two readers would see two tokens, RFC 7519 section 4), and no deeper than tokens need.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = AuthLimits.JsonDepth,
    };

    /// <summary>Parses an object; the caller disposes it.</summary>
    /// <param name="utf8">The text. It must stay as it is until the document is disposed.</param>
    /// <param name="document">The document, whose root is an object.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is half a surrogate pair has no text to compare.
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    /// <summary>Reads a string; false for another type, or for escapes that are half a surrogate pair.</summary>
    public static bool TryGetText(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
