using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Upstreams.Http;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>
/// The three methods of GitHub's cache service, version 2: Twirp (JSON over POST) with the job's token. GitHub calls
/// them no contract; this is what its own actions send.
/// </summary>
internal sealed class CacheServiceClient(GitHubCacheOptions options, HttpMessageInvoker link)
{
    private const int MaxAnswer = 64 * 1024;
    private const string Service = "twirp/github.actions.results.api.v1.CacheService/";

    /// <summary>The contract with GitHub's own clients: messages of denied writes begin with this.</summary>
    private const string WriteDenied = "cache write denied:";

    /// <summary>Its counterpart, which may stand anywhere in the message.</summary>
    private const string ReadDenied = "cache read denied:";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>How far this machine's clock may be ahead; within that, GitHub says whether a token ended.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A part of every entry's name; entries with another one are not found. GitHub's actions make it of paths and
    /// compression; here it stands for the form of what is stored.
    /// </summary>
    private static readonly string Version = Convert.ToHexStringLower(SHA256.HashData("fabrik object 1"u8));

    // Only uploads are rated by the repository: asking goes on while they pause.
    private readonly ServerPause _readPause = new(options.Time, LongestPause);
    private readonly ServerPause _writePause = new(options.Time, LongestPause);

    /// <summary>The service's host.</summary>
    public string Name => options.Service.Authority;

    /// <summary>Where an entry can be read; null when there is none.</summary>
    public async ValueTask<CacheResult<Uri?>> FindAsync(string key, CancellationToken cancellationToken)
    {
        var request = CacheServiceMessages.Write(key, Version, size: null);
        var called = await CallAsync("GetCacheEntryDownloadURL", request, _readPause, cancellationToken);
        if (!called.TryGet(out var answer, out var error))
        {
            return error;
        }

        if (answer.Code == "not_found" || !answer.Ok || answer.MatchedKey != key)
        {
            // An entry that merely begins with the key is somebody else's.
            return (Uri?)null;
        }

        return SignedUrl(answer).TryGet(out var url, out error) ? url : error;
    }

    /// <summary>
    /// Reserves a key, and says where its bytes go to; null when it is reserved or stored already. What is reserved and
    /// never finished stays reserved: the service has no way to give it up.
    /// </summary>
    public async ValueTask<CacheResult<Uri?>> CreateAsync(string key, CancellationToken cancellationToken)
    {
        var request = CacheServiceMessages.Write(key, Version, size: null);
        var called = await CallAsync("CreateCacheEntry", request, _writePause, cancellationToken);
        if (!called.TryGet(out var answer, out var error))
        {
            return error;
        }

        if (answer.Ok)
        {
            return SignedUrl(answer).TryGet(out var url, out error) ? url : error;
        }

        return answer.Message?.StartsWith(WriteDenied, StringComparison.Ordinal) is true
            ? HttpFailures.Upstream(CacheErrorKind.ReadOnly, $"{Name}: this job may not store caches")
            : (Uri?)null;
    }

    /// <summary>Makes an entry of what was uploaded.</summary>
    public async ValueTask<CacheResult<Unit>> FinishAsync(string key, long size, CancellationToken cancellationToken)
    {
        var request = CacheServiceMessages.Write(key, Version, size);
        var called = await CallAsync("FinalizeCacheEntryUpload", request, _writePause, cancellationToken);
        return !called.TryGet(out var answer, out var error) ? error
            : answer.Ok ? default(Unit)
            : HttpFailures.Upstream(CacheErrorKind.Conflict, $"{Name} did not take the entry after its upload");
    }

    private async ValueTask<CacheResult<CacheServiceAnswer>> CallAsync(
        string method, ReadOnlyMemory<byte> body, ServerPause pause, CancellationToken cancellationToken)
    {
        if (Refusal(pause) is { } refusal)
        {
            return refusal;
        }

        using var request = HttpLink.Request(HttpMethod.Post, new Uri(options.Service, Service + method));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.Token}");
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await link.SendAsync(request, cancellationToken);
            return await ReadAsync(method, response, pause, cancellationToken);
        }
        catch (Exception thrown) when (HttpFailures.IsOfARequest(thrown, cancellationToken))
        {
            return HttpFailures.Thrown(Name, method, thrown);
        }
    }

    private CacheError? Refusal(ServerPause pause)
    {
        if (options.ExpiresAt + Leeway <= options.Time.GetUtcNow())
        {
            return HttpFailures.Upstream(
                CacheErrorKind.Denied, $"{Name}: the job's token ended at {options.ExpiresAt:u}");
        }

        return pause.Left is var left && left > TimeSpan.Zero
            ? HttpFailures.Upstream(
                CacheErrorKind.Overloaded, $"{Name} limits the rate for {Math.Ceiling(left.TotalSeconds)} s more")
            : null;
    }

    private async ValueTask<CacheResult<CacheServiceAnswer>> ReadAsync(
        string method, HttpResponseMessage response, ServerPause pause, CancellationToken cancellationToken)
    {
        var answer = await ReadAnswerAsync(response, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return answer is null
                ? HttpFailures.Upstream(CacheErrorKind.Unavailable, $"{Name} answered {method} with what is no message")
                : answer;
        }

        switch (answer?.Code)
        {
            case "not_found" or "already_exists":
                return answer with { Ok = false };
            case "permission_denied" when method == "CreateCacheEntry":
                return HttpFailures.Upstream(CacheErrorKind.ReadOnly, $"{Name}: this job may not store caches");
            case "permission_denied" when answer.Message?.Contains(ReadDenied, StringComparison.Ordinal) is true:
                return HttpFailures.Upstream(CacheErrorKind.Denied, $"{Name}: this job may not read caches");
            default:
                if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                {
                    pause.Note(response.Headers.RetryAfter);
                }

                return HttpFailures.Status(Name, method, response.StatusCode);
        }
    }

    /// <summary>The message in an answer; null when there is none, or when it is longer than any.</summary>
    private static async ValueTask<CacheServiceAnswer?> ReadAnswerAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxAnswer];
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length == bytes.Length ? null : CacheServiceMessages.Read(bytes.AsMemory(0, length));
    }

    private CacheResult<Uri> SignedUrl(CacheServiceAnswer answer)
    {
        // Where the service itself is reached over TLS, so are the bytes.
        return Uri.TryCreate(answer.Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps
                || (url.Scheme == Uri.UriSchemeHttp && options.Service.Scheme == url.Scheme))
                ? url
                : HttpFailures.Upstream(CacheErrorKind.Unavailable, $"{Name} gave no URL that could be used");
    }
}
