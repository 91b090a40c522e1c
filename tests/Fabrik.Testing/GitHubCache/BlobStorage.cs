using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Testing.GitHubCache;

/// <summary>Block blobs behind signed URLs, as far as clients of the cache service go.</summary>
public sealed class BlobStorage
{
    private readonly TimeProvider _time;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Blob, string Block), byte[]> _blocks = new();

    internal BlobStorage(TimeProvider time) => _time = time;

    /// <summary>How long a signature holds.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The names of the blobs that are whole.</summary>
    public ICollection<string> Names => _blobs.Keys;

    /// <summary>How many bytes a blob has; null when it is not there.</summary>
    public long? LengthOf(string blob) => _blobs.TryGetValue(blob, out var bytes) ? bytes.Length : null;

    /// <summary>Loses a blob, as an eviction does.</summary>
    public void Remove(string blob) => _blobs.TryRemove(blob, out _);

    internal string Sign(Uri root, string blob, string rights)
    {
        var end = (_time.GetUtcNow() + Lifetime).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $"{root.AbsoluteUri}blobs/{blob}?sv=2021-08-06&se={Uri.EscapeDataString(end)}&sp={rights}"
            + $"&sig={Uri.EscapeDataString(Signature(blob, end, rights))}";
    }

    internal async Task AnswerAsync(GitHubCacheServer server, HttpContext context)
    {
        var request = context.Request;
        var blob = request.Path.Value!["/blobs/".Length..];
        var action = (request.Method, request.Query["comp"].ToString()) switch
        {
            ("GET", "") => "Get Blob",
            ("HEAD", "") => "Get Blob Properties",
            ("PUT", "") => "Put Blob",
            ("PUT", "block") => "Put Block",
            ("PUT", "blocklist") => "Put Block List",
            _ => "",
        };
        if (await server.IsInterceptedAsync(action, context))
        {
            return;
        }

        var isRead = action.StartsWith("Get", StringComparison.Ordinal);
        if (!IsSigned(request.Query, blob, isRead ? "r" : "cw"))
        {
            await FailAsync(context, 403, "AuthenticationFailed");
        }
        else if (isRead)
        {
            await GetAsync(context, blob);
        }
        else
        {
            await PutAsync(context, action, blob);
        }
    }

    private static async Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    }

    private string Signature(string blob, string end, string rights) => Convert.ToBase64String(
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{blob}\n{end}\n{rights}")));

    private bool IsSigned(IQueryCollection query, string blob, string rights)
    {
        var end = query["se"].ToString();
        return query["sig"] == Signature(blob, end, rights)
            && DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, out var date)
            && date > _time.GetUtcNow();
    }

    private async Task GetAsync(HttpContext context, string blob)
    {
        if (!_blobs.TryGetValue(blob, out var bytes))
        {
            await FailAsync(context, 404, "BlobNotFound");
            return;
        }

        context.Response.Headers.AcceptRanges = "bytes";
        await Results.Bytes(
            bytes, "application/octet-stream", enableRangeProcessing: true,
            entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"0x{blob}\"")).ExecuteAsync(context);
    }

    private async Task PutAsync(HttpContext context, string action, string blob)
    {
        if (context.Request.ContentLength is null)
        {
            await FailAsync(context, 411, "MissingContentLengthHeader");
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var error = action switch
        {
            "Put Blob" => PutBlob(context.Request, blob, body.ToArray()),
            "Put Block" => PutBlock(context.Request, blob, body.ToArray()),
            "Put Block List" => PutBlockList(blob, body.ToArray()),
            _ => "UnsupportedHttpVerb",
        };
        if (error is null)
        {
            context.Response.StatusCode = 201;
        }
        else
        {
            await FailAsync(context, 400, error);
        }
    }

    private string? PutBlob(HttpRequest request, string blob, byte[] body)
    {
        if (request.Headers["x-ms-blob-type"] != "BlockBlob")
        {
            return "MissingRequiredHeader";
        }

        _blobs[blob] = body;
        return null;
    }

    private string? PutBlock(HttpRequest request, string blob, byte[] body)
    {
        var id = request.Query["blockid"].ToString();
        var isBase64 = Convert.TryFromBase64String(id, new byte[64], out var length) && length > 0;
        var isOdd = _blocks.Keys.Any(block => block.Blob == blob && block.Block.Length != id.Length);
        if (!isBase64 || isOdd || body.Length == 0)
        {
            return "InvalidQueryParameterValue";
        }

        _blocks[(blob, id)] = body;
        return null;
    }

    private string? PutBlockList(string blob, byte[] body)
    {
        try
        {
            using var text = new MemoryStream(body);
            var list = XDocument.Load(text).Root!;
            if (list.Name != "BlockList" || list.Elements().Any(static entry =>
                entry.Name.LocalName is not ("Latest" or "Uncommitted" or "Committed")))
            {
                return "InvalidXmlDocument";
            }

            _blobs[blob] = [.. list.Elements().SelectMany(entry => _blocks[(blob, entry.Value)])];
            return null;
        }
        catch (XmlException)
        {
            return "InvalidXmlDocument";
        }
        catch (KeyNotFoundException)
        {
            return "InvalidBlockList";
        }
    }
}
