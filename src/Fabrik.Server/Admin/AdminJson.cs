using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Admin;

/// <summary>Documents of the admin API, both ways.</summary>
public static class AdminJson
{
    /// <summary>Bytes of a request: as many keys as a job takes, of a hundred bytes each.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Makes a request of a document, or says what is wrong with it.</summary>
    public delegate string? Reader<T>(JsonElement json, out T? request);

    /// <summary>Reads a request; null after telling the client what is wrong.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, Reader<T> read)
        where T : class
    {
        string? problem;
        T? request = null;
        try
        {
            using var bytes = await ReadBodyAsync(http)
                ?? throw new InvalidDataException($"it has more than {MaxBytes} bytes");
            using var json = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
            problem = json.RootElement.ValueKind == JsonValueKind.Object
                ? read(json.RootElement, out request)
                : "expected an object";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or InvalidDataException)
        {
            problem = $"the body is not what is expected: {error.Message}";
        }

        if (problem is not null)
        {
            await FailAsync(http, 400, problem);
            return null;
        }

        return request;
    }

    /// <summary>Sends an object.</summary>
    public static async Task SendAsync(HttpContext http, int status, Action<Utf8JsonWriter> members)
    {
        using var document = new MemoryStream();
        await using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = document.Length;
        var body = document.GetBuffer().AsMemory(0, (int)document.Length);
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Sends what is wrong.</summary>
    public static Task FailAsync(HttpContext http, int status, string message) => SendAsync(http, status, json =>
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("request_id"u8, http.TraceIdentifier);
        json.WriteEndObject();
    });

    // Null if it has more than the most.
    private static async Task<MemoryStream?> ReadBodyAsync(HttpContext http)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > MaxBytes)
            {
                return null;
            }
        }

        return bytes;
    }
}
