using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Testing.GitHubCache;

/// <summary>An answer of any of the three methods, in the form of its request, without what has no value.</summary>
internal sealed record TwirpAnswer
{
    public bool Ok { get; init; }

    public string? UploadUrl { get; init; }

    public string? DownloadUrl { get; init; }

    public string? MatchedKey { get; init; }

    public long? EntryId { get; init; }

    public string? Message { get; init; }

    public static async Task SendAsync(HttpContext context, TwirpAnswer answer)
    {
        context.Response.ContentType = context.Request.ContentType;
        var body = context.Request.ContentType is "application/json" ? answer.ToJson() : answer.ToProtobuf();
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private byte[] ToJson()
    {
        var members = new Dictionary<string, object>(StringComparer.Ordinal) { ["ok"] = Ok };
        void Add(string name, object? value)
        {
            if (value is not null)
            {
                members[name] = value;
            }
        }

        Add("signed_upload_url", UploadUrl);
        Add("signed_download_url", DownloadUrl);
        Add("matched_key", MatchedKey);
        Add("entry_id", EntryId?.ToString(CultureInfo.InvariantCulture));
        Add("message", Message);
        return JsonSerializer.SerializeToUtf8Bytes(members);
    }

    private byte[] ToProtobuf()
    {
        var bytes = new List<byte>();
        if (Ok)
        {
            bytes.AddRange([1 << 3, 1]);
        }

        if (EntryId is { } id)
        {
            bytes.Add(2 << 3);
            Varint(bytes, (ulong)id);
        }

        Text(bytes, 2, UploadUrl ?? DownloadUrl);
        Text(bytes, 3, MatchedKey ?? Message);
        return [.. bytes];
    }

    private static void Text(List<byte> bytes, int field, string? text)
    {
        if (text is not null)
        {
            bytes.Add((byte)((field << 3) | 2));
            var utf8 = Encoding.UTF8.GetBytes(text);
            Varint(bytes, (ulong)utf8.Length);
            bytes.AddRange(utf8);
        }
    }

    private static void Varint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}
