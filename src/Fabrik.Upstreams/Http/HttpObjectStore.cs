using System.Net;
using System.Net.Http.Headers;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.Http;

/// <summary>
/// Objects on any server that takes GET and PUT below a URL: nginx with dav, bazel-remote, WebDAV, another Fabrik.
/// </summary>
/// <remarks>
/// <c>ifAbsent</c> is sent as <c>If-None-Match: *</c>. A server that does not look at it (nginx) replaces the object.
/// </remarks>
internal sealed class HttpObjectStore : IObjectStore
{
    /// <summary>The longest that a server's <c>Retry-After</c> is kept to.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly HttpStoreOptions _options;
    private readonly HttpSender _sender;
    private readonly HttpNames _names;
    private readonly ServerPause _readPause;
    private readonly ServerPause _writePause;
    private volatile bool _announces = true;
    private volatile bool _hasHead = true;

    /// <summary>A store that connects when it is first asked.</summary>
    /// <param name="options">Where the server is, and what is known of it.</param>
    public HttpObjectStore(HttpStoreOptions options)
    {
        _options = options;
        _sender = new HttpSender(options);
        _names = new HttpNames(options.BaseUrl, options.Layout);
        _readPause = new ServerPause(options.Time, LongestPause);
        _writePause = new ServerPause(options.Time, LongestPause);
        Traits = new ObjectStoreTraits(CanList: false, options.CanDelete, IsSlowToAsk: true);
    }

    /// <inheritdoc/>
    public string Name => _sender.Name;

    /// <inheritdoc/>
    public ObjectStoreTraits Traits { get; }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<ObjectBody?>> GetAsync(
        string key, ObjectRange range, CancellationToken cancellationToken)
    {
        var sent = await SendAsync(HttpMethod.Get, key, HttpRead.Header(range), cancellationToken);
        if (!sent.TryGet(out var response, out var error))
        {
            return error;
        }

        ObjectBody? opened = null;
        try
        {
            if (IsMiss(response))
            {
                return (ObjectBody?)null;
            }

            if (await HttpRead.OpenAsync(Name, response, range, _options.MaxSkip, cancellationToken) is not { } read)
            {
                return Failure(response);
            }

            return read.TryGet(out opened, out error) ? opened : error;
        }
        catch (Exception thrown) when (HttpFailures.IsOfARequest(thrown, cancellationToken))
        {
            return HttpFailures.Thrown(Name, "GET", thrown);
        }
        finally
        {
            if (opened is null)
            {
                response.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        // A server without HEAD is asked for the first byte.
        var hasHead = _hasHead;
        var sent = hasHead
            ? await SendAsync(HttpMethod.Head, key, null, cancellationToken)
            : await SendAsync(HttpMethod.Get, key, new RangeHeaderValue(0, 0), cancellationToken);
        if (!sent.TryGet(out var response, out var error))
        {
            return error;
        }

        using (response)
        {
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return true;
            }

            if (IsMiss(response))
            {
                return false;
            }

            if (!hasHead || !IsUnknownMethod(response))
            {
                return Failure(response);
            }
        }

        _hasHead = false;
        return await ExistsAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken)
    {
        if (_names.Of(key) is not { } uri)
        {
            return BadKey(key);
        }

        if (Paused(_writePause) is { } paused)
        {
            return paused;
        }

        var call = new HttpCall(HttpMethod.Put, uri)
        {
            IfAbsent = ifAbsent,
            Upload = new UploadSource(content, _options.Time),
            Announce = _announces && content.Length >= _options.AnnounceFrom,
        };
        var sent = await SendUploadAsync(call, cancellationToken);
        if (!sent.TryGet(out var response, out var error))
        {
            return error;
        }

        using (response)
        {
            if (response.IsSuccessStatusCode)
            {
                return call.Upload.Remaining == 0 ? true : Unread(call);
            }

            if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed))
            {
                return Failure(response, _writePause);
            }
        }

        return await ExplainConflictAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var sent = await SendAsync(HttpMethod.Delete, key, null, cancellationToken);
        if (!sent.TryGet(out var response, out var error))
        {
            return error;
        }

        using (response)
        {
            return response.IsSuccessStatusCode ? true : IsMiss(response) ? false : Failure(response, _writePause);
        }
    }

    /// <summary>No HTTP cache lists its keys in a way that others share.</summary>
    public ValueTask<CacheResult<ObjectPage>> ListAsync(
        string prefix, string? after, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<ObjectPage>>(
            HttpFailures.Upstream(CacheErrorKind.InvalidRequest, $"{Name} cannot list its objects"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _sender.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool IsMiss(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;

    private static bool IsUnknownMethod(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    private async ValueTask<CacheResult<HttpResponseMessage>> SendAsync(
        HttpMethod method, string key, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        if (_names.Of(key) is not { } uri)
        {
            return BadKey(key);
        }

        return Paused(method == HttpMethod.Delete ? _writePause : _readPause) is { } paused
            ? paused
            : await _sender.SendAsync(new HttpCall(method, uri) { Range = range }, cancellationToken);
    }

    /// <summary>
    /// Sends a body, announced where that is of use. A server that refuses announcements (417), or lets one wait, gets
    /// no more of them.
    /// </summary>
    private async ValueTask<CacheResult<HttpResponseMessage>> SendUploadAsync(
        HttpCall call, CancellationToken cancellationToken)
    {
        var begun = _options.Time.GetTimestamp();
        var sent = await _sender.SendAsync(call, cancellationToken);
        if (!call.Announce)
        {
            return sent;
        }

        if (call.Upload?.StartedAt is { } started
            && _options.Time.GetElapsedTime(begun, started) >= HttpLink.AnnouncementTimeout)
        {
            _announces = false;
        }

        if (!sent.TryGet(out var response, out _)
            || response.StatusCode != HttpStatusCode.ExpectationFailed
            || call.Upload is { IsStarted: true })
        {
            return sent;
        }

        response.Dispose();
        _announces = false;
        return await _sender.SendAsync(call with { Announce = false }, cancellationToken);
    }

    /// <summary>
    /// 412 and 409 say that the object is there; but WebDAV says 409 also where a folder is missing (RFC 4918, 9.7.1).
    /// </summary>
    private async ValueTask<CacheResult<bool>> ExplainConflictAsync(string key, CancellationToken cancellationToken)
    {
        var exists = await ExistsAsync(key, cancellationToken);
        return exists.TryGet(out var isThere, out var error)
            ? isThere
                ? false
                : HttpFailures.Upstream(
                    CacheErrorKind.Conflict,
                    $"{Name} refuses to create an object that is not there; does it create folders by itself?")
            : error;
    }

    private CacheError Unread(HttpCall call) => HttpFailures.Upstream(
        CacheErrorKind.Incomplete,
        $"{Name} answered PUT before {call.Upload?.Remaining} of {call.Upload?.Length} bytes were sent");

    private CacheError Failure(HttpResponseMessage response, ServerPause? pause = null)
    {
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            (pause ?? _readPause).Note(response.Headers.RetryAfter);
        }

        var method = response.RequestMessage?.Method.Method ?? "a request";
        return HttpFailures.Status(Name, method, response.StatusCode);
    }

    private CacheError? Paused(ServerPause pause) => pause.Left is var left && left > TimeSpan.Zero
        ? HttpFailures.Upstream(
            CacheErrorKind.Overloaded, $"{Name} asked to be left alone for {Math.Ceiling(left.TotalSeconds)} s more")
        : null;

    private CacheError BadKey(string key) =>
        HttpFailures.Upstream(CacheErrorKind.InvalidRequest, $"the key \"{key}\" is no name below {Name}");
}
