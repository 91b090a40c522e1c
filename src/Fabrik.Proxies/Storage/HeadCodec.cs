using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fabrik.Wire.Http;
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
            json.WriteStartArray("variants"u8);
            foreach (var response in head.Variants.Where(static variant => variant.IsKept))
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

            StoredVariant[] variants =
                [.. json.RootElement.GetProperty("variants"u8).EnumerateArray().Select(Read)];
            head = new StoredHead(key, variants);
            return variants.Length is > 0 and <= StoredHead.MaxVariants;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, StoredVariant variant)
    {
        var parts = variant.Parts;
        json.WriteStartObject();
        json.WriteNumber("status"u8, parts.Status);
        json.WriteNumber("generation"u8, variant.Generation);
        json.WriteNumber("requested"u8, parts.RequestTime.UtcTicks);
        json.WriteNumber("received"u8, parts.ResponseTime.UtcTicks);
        json.WriteNumber("slice"u8, variant.SliceSize);
        if (variant.Size is { } size)
        {
            json.WriteNumber("size"u8, size);
        }

        if (variant.Pin is { } pin)
        {
            json.WriteString("pin"u8, pin);
        }

        json.WriteBoolean("whole"u8, variant.IsWhole);
        json.WriteBoolean("invalid"u8, variant.IsInvalid);
        json.WriteStartArray("headers"u8);
        foreach (var field in parts.Headers)
        {
            json.WriteStringValue(field.Name);
            json.WriteStringValue(field.Value);
        }

        json.WriteEndArray();
        json.WriteStartArray("selecting"u8);
        foreach (var field in parts.Selecting)
        {
            json.WriteStringValue(field.Name);
            json.WriteStringValue(field.Value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static StoredVariant Read(JsonElement json) => new()
    {
        Generation = json.GetProperty("generation"u8).GetInt64(),
        SliceSize = json.GetProperty("slice"u8).GetInt32(),
        Size = json.TryGetProperty("size"u8, out var size) ? size.GetInt64() : null,
        Pin = json.TryGetProperty("pin"u8, out var pin) ? pin.GetString() : null,
        IsWhole = json.GetProperty("whole"u8).GetBoolean(),
        IsInvalid = json.GetProperty("invalid"u8).GetBoolean(),
        Parts = new StoredParts
        {
            Status = json.GetProperty("status"u8).GetInt32(),
            RequestTime = new DateTimeOffset(json.GetProperty("requested"u8).GetInt64(), TimeSpan.Zero),
            ResponseTime = new DateTimeOffset(json.GetProperty("received"u8).GetInt64(), TimeSpan.Zero),
            Headers = ReadPairs(
                json.GetProperty("headers"u8), static (name, value) => new HeaderField(name, value ?? "")),
            Selecting = ReadPairs(
                json.GetProperty("selecting"u8), static (name, value) => new SelectingField(name, value)),
        },
    };

    private static T[] ReadPairs<T>(JsonElement json, Func<string, string?, T> make)
    {
        var pairs = new T[json.GetArrayLength() / 2];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = make(json[2 * i].GetString() ?? "", json[(2 * i) + 1].GetString());
        }

        return pairs;
    }
}
