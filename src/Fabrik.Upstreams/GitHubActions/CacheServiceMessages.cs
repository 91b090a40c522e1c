using System.Buffers;
using System.Text.Json;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>
/// The messages of <c>github.actions.results.api.v1.CacheService</c> in JSON: names as in the proto, 64-bit numbers as
/// texts, unknown members ignored.
/// </summary>
internal static class CacheServiceMessages
{
    /// <summary>A request; a size only where the method has one.</summary>
    public static ReadOnlyMemory<byte> Write(string key, string version, long? size)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("version", version);
            if (size is { } known)
            {
                json.WriteString("size_bytes", known.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    /// <summary>The members of an answer, of a success or of a Twirp error; null when it is no JSON object.</summary>
    public static CacheServiceAnswer? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? null : new CacheServiceAnswer
            {
                Ok = root.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True,
                Url = Text(root, "signed_upload_url") ?? Text(root, "signed_download_url"),
                MatchedKey = Text(root, "matched_key"),
                Code = Text(root, "code"),
                Message = Text(root, "message") ?? Text(root, "msg"),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What the cache service said, whichever of its methods was asked.</summary>
internal sealed record CacheServiceAnswer
{
    /// <summary>It did what it was asked.</summary>
    public bool Ok { get; init; }

    /// <summary>Where the bytes go to or come from: a secret for as long as its signature holds.</summary>
    public string? Url { get; init; }

    /// <summary>The key of the entry that was found: perhaps a longer one than was asked for.</summary>
    public string? MatchedKey { get; init; }

    /// <summary>The Twirp code of an error.</summary>
    public string? Code { get; init; }

    /// <summary>Why not.</summary>
    public string? Message { get; init; }

    /// <summary>Without the URL.</summary>
    public override string ToString() => $"{(Ok ? "ok" : Code ?? "not ok")}";
}
