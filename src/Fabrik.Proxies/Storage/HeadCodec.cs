using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Storage;

/// <summary>
/// Heads as the store keeps them: one JSON object, with a version. What cannot be read is taken for a miss.
/// </summary>
internal static class HeadCodec
{
    /// <summary>The most bytes of a head; one with more is not kept.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int Version = 1;

    /// <summary>Writes a head.</summary>
    public static byte[] Encode(StoredHead head)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, Version);
            json.WriteStartArray("responses"u8);
            foreach (var response in head.Responses.Where(static kept => kept.Pin is not null || kept.IsWhole))
            {
                Write(json, response);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a head; false for anything that <see cref="Encode"/> did not write.</summary>
    public static bool TryDecode(ResourceKey key, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out StoredHead? head)
    {
        head = null;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.GetProperty("v"u8).GetInt32() != Version)
            {
                return false;
            }

            StoredResponse[] responses =
                [.. json.RootElement.GetProperty("responses"u8).EnumerateArray().Select(Read)];
            head = new StoredHead(key, responses);
            return responses.Length is > 0 and <= StoredHead.MaxResponses;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, StoredResponse response)
    {
        json.WriteStartObject();
        json.WriteNumber("status"u8, response.Status);
        json.WriteNumber("generation"u8, response.Generation);
        json.WriteNumber("requested"u8, response.RequestedAt.UtcTicks);
        json.WriteNumber("received"u8, response.ReceivedAt.UtcTicks);
        json.WriteNumber("slice"u8, response.SliceSize);
        if (response.Size is { } size)
        {
            json.WriteNumber("size"u8, size);
        }

        if (response.Pin is { } pin)
        {
            json.WriteString("pin"u8, pin);
        }

        json.WriteBoolean("whole"u8, response.IsWhole);
        json.WriteBoolean("invalid"u8, response.IsInvalid);
        Write(json, "headers"u8, response.Headers);
        Write(json, "selecting"u8, response.Selecting);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<HeaderField> fields)
    {
        json.WriteStartArray(name);
        foreach (var field in fields)
        {
            json.WriteStringValue(field.Name);
            json.WriteStringValue(field.Value);
        }

        json.WriteEndArray();
    }

    private static StoredResponse Read(JsonElement json) => new()
    {
        Status = json.GetProperty("status"u8).GetInt32(),
        Generation = json.GetProperty("generation"u8).GetInt64(),
        RequestedAt = new DateTimeOffset(json.GetProperty("requested"u8).GetInt64(), TimeSpan.Zero),
        ReceivedAt = new DateTimeOffset(json.GetProperty("received"u8).GetInt64(), TimeSpan.Zero),
        SliceSize = json.GetProperty("slice"u8).GetInt32(),
        Size = json.TryGetProperty("size"u8, out var size) ? size.GetInt64() : null,
        Pin = json.TryGetProperty("pin"u8, out var pin) ? pin.GetString() : null,
        IsWhole = json.GetProperty("whole"u8).GetBoolean(),
        IsInvalid = json.GetProperty("invalid"u8).GetBoolean(),
        Headers = ReadFields(json.GetProperty("headers"u8)),
        Selecting = ReadFields(json.GetProperty("selecting"u8)),
    };

    private static HeaderField[] ReadFields(JsonElement json)
    {
        var fields = new HeaderField[json.GetArrayLength() / 2];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new HeaderField(json[2 * i].GetString() ?? "", json[(2 * i) + 1].GetString() ?? "");
        }

        return fields;
    }
}
