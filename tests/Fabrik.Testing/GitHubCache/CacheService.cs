using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Testing.GitHubCache;

/// <summary>The three methods, with what GitHub answers in each case.</summary>
internal sealed class CacheService(GitHubCacheServer server)
{
    private const string Prefix = "/twirp/github.actions.results.api.v1.CacheService/";

    private int _last;

    public async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var method = request.Path.Value is { } path && path.StartsWith(Prefix, StringComparison.Ordinal)
            ? path[Prefix.Length..]
            : "";
        if (await server.IsInterceptedAsync(method, context))
        {
            return;
        }

        var isJson = request.ContentType is "application/json";
        if (request.Method != "POST" || !(isJson || request.ContentType is "application/protobuf"))
        {
            await FailAsync(context, 404, "bad_route", "unexpected method or Content-Type");
            return;
        }

        if (request.Headers.Authorization != $"Bearer {server.Token}")
        {
            await FailAsync(context, 401, "unauthenticated", "invalid token");
            return;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (TwirpRequest.Read(method, body.ToArray(), isJson) is not { } message)
        {
            await FailAsync(context, 400, "malformed", "the request cannot be read");
            return;
        }

        if (message.Key.Length is 0 or > 512 || message.Key.Contains(',', StringComparison.Ordinal))
        {
            await FailAsync(context, 400, "invalid_argument", "the key is not valid");
            return;
        }

        await (method switch
        {
            "CreateCacheEntry" => CreateAsync(context, message),
            "FinalizeCacheEntryUpload" => FinishAsync(context, message),
            "GetCacheEntryDownloadURL" => FindAsync(context, message),
            _ => FailAsync(context, 404, "bad_route", "no such method"),
        });
    }

    private static async Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"code":"{{code}}","msg":"{{message}}"}""");
    }

    private Task CreateAsync(HttpContext context, TwirpRequest request)
    {
        if (!server.MayWrite)
        {
            return TwirpAnswer.SendAsync(context, new TwirpAnswer
            {
                Message = "cache write denied: token has no writable scopes",
            });
        }

        var entry = new CacheEntry($"{Interlocked.Increment(ref _last)}", null);
        if (!server.Entries.TryAdd((request.Version, request.Key), entry))
        {
            return FailAsync(context, 409, "already_exists", "an entry with this key, version, and scope exists");
        }

        return TwirpAnswer.SendAsync(context, new TwirpAnswer
        {
            Ok = true,
            UploadUrl = server.Blobs.Sign(server.Url, entry.Blob, "cw"),
        });
    }

    private Task FinishAsync(HttpContext context, TwirpRequest request)
    {
        var name = (request.Version, request.Key);
        if (!server.Entries.TryGetValue(name, out var entry))
        {
            return FailAsync(context, 404, "not_found", "no such entry");
        }

        if (entry.Size is not null || server.Blobs.LengthOf(entry.Blob) != request.Size)
        {
            return TwirpAnswer.SendAsync(context, new TwirpAnswer { Message = "the upload does not match" });
        }

        server.Entries[name] = entry with { Size = request.Size };
        return TwirpAnswer.SendAsync(context, new TwirpAnswer { Ok = true, EntryId = 17 });
    }

    // The key itself first; else the newest that begins with it, and then with one of the others.
    private Task FindAsync(HttpContext context, TwirpRequest request)
    {
        if (!server.MayRead)
        {
            return FailAsync(
                context, 403, "permission_denied", "twirp error: cache read denied: token has no readable scopes");
        }

        var finished = server.Entries
            .Where(entry => entry.Key.Version == request.Version && entry.Value.Size is not null)
            .OrderByDescending(static entry => int.Parse(entry.Value.Blob, CultureInfo.InvariantCulture))
            .ToArray();
        var matched = finished.Where(entry => entry.Key.Key == request.Key)
            .Concat(request.RestoreKeys.Prepend(request.Key).SelectMany(prefix =>
                finished.Where(entry => entry.Key.Key.StartsWith(prefix, StringComparison.Ordinal))))
            .Select(static entry => (entry.Key.Key, entry.Value.Blob))
            .FirstOrDefault();
        return TwirpAnswer.SendAsync(context, matched.Blob is null ? new TwirpAnswer() : new TwirpAnswer
        {
            Ok = true,
            DownloadUrl = server.Blobs.Sign(server.Url, matched.Blob, "r"),
            MatchedKey = matched.Key,
        });
    }
}
