using System.Text;
using System.Text.Json;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>What the proxy answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="CacheStatus">What the cache did: <c>Cache-Status</c>, RFC 9211.</param>
/// <param name="ContentRange">The part of the object that the body is; empty for all of it.</param>
internal sealed record ProxyAnswer(int Status, byte[] Body, string CacheStatus, string ContentRange)
{
    /// <summary>All headers, by name without regard to case; several of one name with commas between.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Whether it came from the cache without asking the origin.</summary>
    public bool IsHit => CacheStatus.Split(';').Any(static part => part.Trim() == "hit");

    /// <summary>The code of an error, which is a JSON document.</summary>
    public string ErrorCode
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            var error = document.RootElement.GetProperty("error");
            return error.GetProperty("request_id").GetString() is { Length: > 0 }
                ? error.GetProperty("code").GetString()!
                : throw new InvalidOperationException($"no request id: {Text}");
        }
    }

    public string ETag => Headers.GetValueOrDefault("ETag", "");

    public string Text => Encoding.UTF8.GetString(Body);

    private string Beginning => Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(200, Body.Length)));

    /// <summary>Reads one to its end.</summary>
    public static async Task<ProxyAnswer> ReadAsync(HttpResponseMessage answer)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            headers[name] = values.ToString();
        }

        var body = await answer.Content.ReadAsByteArrayAsync();
        return new ProxyAnswer(
            (int)answer.StatusCode,
            body,
            headers.GetValueOrDefault("Cache-Status", ""),
            headers.GetValueOrDefault("Content-Range", ""))
        {
            Headers = headers,
        };
    }

    public override string ToString() => $"{Status}, {Body.Length} bytes, {CacheStatus}: {Beginning}";
}
