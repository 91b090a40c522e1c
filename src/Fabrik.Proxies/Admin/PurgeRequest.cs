using System.Text.Json;

namespace Fabrik.Proxies.Admin;

/// <summary>What is to be forgotten: exactly one of key, prefix and pattern, as paths within the bucket.</summary>
internal sealed record PurgeRequest
{
    public required string Bucket { get; init; }

    public string? Key { get; private init; }

    public string? Prefix { get; private init; }

    public string? Glob { get; private init; }

    /// <summary>Whether it is only validated before its next use.</summary>
    public bool IsSoft { get; private init; }

    /// <summary>Reads it; gives what is wrong.</summary>
    public static string? TryRead(JsonElement json, out PurgeRequest? request)
    {
        request = new PurgeRequest
        {
            Bucket = Text(json, "bucket") ?? "",
            Key = Path(json, "key"),
            Prefix = Path(json, "prefix"),
            Glob = Path(json, "glob"),
            IsSoft = json.TryGetProperty("soft", out var soft) && soft.GetBoolean(),
        };
        var ways = new[] { request.Key, request.Prefix, request.Glob }.Count(static way => way is not null);
        return request.Bucket.Length == 0 ? "expected \"bucket\""
            : ways != 1 ? "expected one of \"key\", \"prefix\" and \"glob\""
            : null;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? Path(JsonElement json, string name) =>
        Text(json, name) is { } text ? text.StartsWith('/') ? text : "/" + text : null;
}

/// <summary>What is to be brought into the cache: keys, or what the origin lists.</summary>
internal sealed record WarmRequest(string Bucket, IReadOnlyList<string>? Keys, string Prefix)
{
    /// <summary>Reads it; gives what is wrong.</summary>
    public static string? TryRead(JsonElement json, out WarmRequest? request)
    {
        var bucket = json.TryGetProperty("bucket", out var name) ? name.GetString() ?? "" : "";
        string[]? keys = json.TryGetProperty("keys", out var list)
            ? [.. list.EnumerateArray().Select(static key => key.GetString() ?? "")]
            : null;
        var prefix = json.TryGetProperty("prefix", out var given) ? given.GetString() : null;
        request = new WarmRequest(bucket, keys, prefix ?? "");
        return bucket.Length == 0 ? "expected \"bucket\""
            : keys is null == prefix is null ? "expected one of \"keys\" and \"prefix\""
            : keys?.Length > CacheWarming.MaxKeys ? $"expected at most {CacheWarming.MaxKeys} keys"
            : null;
    }
}
