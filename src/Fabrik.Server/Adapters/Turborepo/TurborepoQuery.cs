using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Turborepo;

/// <summary>
/// <c>POST /v8/artifacts</c>: a list of hashes in, a map from each to what is known of it out. The client takes
/// <c>null</c> for a miss, and breaks on a per-hash error; so a hash that cannot be looked up is <c>null</c> too.
/// </summary>
internal sealed class TurborepoQuery(
    ServerServices services, ToolDoor door, Func<HttpContext, CachePrincipal, string?, ArtifactRequest> read)
{
    /// <summary>Above the tasks of any repository known; each costs a look-up.</summary>
    private const int MaxHashes = 10_000;

    private static readonly Answer BadDocument = new(400, "expected {\"hashes\":[\"…\"]} with at most 10000 hashes");
    private static readonly Answer TooLarge = new(413, "the list of hashes is too large");

    /// <summary>Answers one query.</summary>
    public async ValueTask AnswerAsync(HttpContext http, CachePrincipal principal)
    {
        var document = await RequestBody.ReadAsync(http.Request, services.Options.MaxDocumentSize, http.RequestAborted);
        if (document is null)
        {
            var rest = new UnwantedBody(http, services, wasAsked: true);
            await rest.AnswerAsync(
                () => door.Answers.SendAsync(http.Response, TooLarge), UnwantedBody.MinLingerBytes);
            return;
        }

        if (ReadHashes(document) is not { } hashes)
        {
            await door.Answers.SendAsync(http.Response, BadDocument);
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var hash in hashes)
            {
                json.WritePropertyName(hash);
                Write(json, await FindAsync(read(http, principal, hash)));
            }

            json.WriteEndObject();
        }

        await TurborepoAdapter.SendJsonAsync(http.Response, buffer.WrittenMemory);
    }

    /// <summary>The hashes of a query, each once, or <see langword="null"/> if the document is not one.</summary>
    internal static HashSet<string>? ReadHashes(ReadOnlySpan<byte> document)
    {
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        var found = false;
        try
        {
            var json = new Utf8JsonReader(document);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = json.ValueTextEquals("hashes"u8);
                json.Read();
                if (!wanted)
                {
                    json.Skip();
                    continue;
                }

                if (json.TokenType != JsonTokenType.StartArray)
                {
                    return null;
                }

                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    if (json.TokenType != JsonTokenType.String || hashes.Count == MaxHashes)
                    {
                        return null;
                    }

                    hashes.Add(json.GetString() ?? "");
                }

                found = true;
            }

            // Anything behind the object is an error, which the reader throws.
            return !json.Read() && found ? hashes : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async ValueTask<ArtifactInfo?> FindAsync(ArtifactRequest request)
    {
        if (request.Key is null || !request.Principal.May(Permissions.Read))
        {
            return null;
        }

        var found = await door.Responder.StatAsync(request);
        if (found.TryGet(out var info, out var error))
        {
            return info;
        }

        door.Faults.Report(error);
        return null;
    }

    private static void Write(Utf8JsonWriter json, ArtifactInfo? info)
    {
        if (info is null)
        {
            json.WriteNullValue();
            return;
        }

        var duration = info.Metadata.Find(TurborepoHeaders.Duration);
        json.WriteStartObject();
        json.WriteNumber("size"u8, info.Size);
        json.WriteNumber(
            "taskDurationMs"u8,
            long.TryParse(duration, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : 0);
        WriteIfKnown(json, "tag", info.Metadata.Find(TurborepoHeaders.Tag));
        WriteIfKnown(json, "sha", info.Metadata.Find(TurborepoHeaders.Sha));
        WriteIfKnown(json, "dirtyHash", info.Metadata.Find(TurborepoHeaders.DirtyHash));
        json.WriteEndObject();
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
