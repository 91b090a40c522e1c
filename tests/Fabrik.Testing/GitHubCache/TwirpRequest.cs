using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fabrik.Testing.GitHubCache;

/// <summary>A request of any of the three methods, in JSON or in protobuf.</summary>
internal sealed record TwirpRequest(string Key, string Version, long Size, IReadOnlyList<string> RestoreKeys)
{
    /// <summary>Null when it cannot be read.</summary>
    public static TwirpRequest? Read(string method, byte[] body, bool isJson)
    {
        try
        {
            return isJson ? ReadJson(body) : ReadProtobuf(method, body);
        }
        catch (Exception bad) when (bad is JsonException or FormatException or InvalidOperationException
            or IndexOutOfRangeException or ArgumentException)
        {
            return null;
        }
    }

    private static TwirpRequest ReadJson(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var size = root.TryGetProperty("size_bytes", out var sized)
            ? sized.ValueKind == JsonValueKind.String
                ? long.Parse(sized.GetString()!, CultureInfo.InvariantCulture)
                : sized.GetInt64()
            : 0;
        string[] keys = root.TryGetProperty("restore_keys", out var restore)
            ? [.. restore.EnumerateArray().Select(static key => key.GetString()!)]
            : [];
        return new TwirpRequest(
            root.GetProperty("key").GetString()!, root.GetProperty("version").GetString()!, size, keys);
    }

    // Key is field 2 everywhere. Version is field 3 of a creation, else 4; field 3 is then the size or the other keys.
    private static TwirpRequest ReadProtobuf(string method, ReadOnlySpan<byte> body)
    {
        var versionField = method == "CreateCacheEntry" ? 3 : 4;
        var (key, version, size) = ("", "", 0L);
        var keys = new List<string>();
        while (body.Length > 0)
        {
            var tag = Varint(ref body);
            var (field, type) = ((int)(tag >> 3), tag & 7);
            if (type == 0)
            {
                var number = Varint(ref body);
                size = field == 3 ? (long)number : size;
                continue;
            }

            var length = (int)Varint(ref body);
            var text = type == 2 ? Encoding.UTF8.GetString(body[..length]) : throw new FormatException();
            body = body[length..];
            if (field == 2)
            {
                key = text;
            }
            else if (field == versionField)
            {
                version = text;
            }
            else if (field == 3)
            {
                keys.Add(text);
            }
        }

        return new TwirpRequest(key, version, size, keys);
    }

    private static ulong Varint(ref ReadOnlySpan<byte> body)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = body[0];
            body = body[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
