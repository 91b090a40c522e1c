using System.Net;
using Fabrik.Cache;

namespace Fabrik.Upstreams.Http;

/// <summary>Sends requests to one server with its credentials, and follows it elsewhere without them.</summary>
internal sealed class HttpSender(HttpStoreOptions options) : IDisposable
{
    /// <summary>Redirects in a row; more are taken for a loop.</summary>
    public const int MaxRedirects = 5;

    private readonly HttpMessageInvoker _link = HttpLink.Open(options.Link);

    /// <summary>The server's host, with a port that is not the scheme's own.</summary>
    public string Name { get; } = options.BaseUrl.Authority;

    /// <summary>Sends a request; the caller disposes of the answer, whose body has not been read.</summary>
    public async ValueTask<CacheResult<HttpResponseMessage>> SendAsync(
        HttpCall call, CancellationToken cancellationToken)
    {
        var target = call.Uri;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            var sent = await SendToAsync(call, target, cancellationToken);
            if (!sent.TryGet(out var response, out _) || !IsRedirect(response.StatusCode))
            {
                return sent;
            }

            var next = Next(call, target, response);
            response.Dispose();
            if (!next.TryGet(out target, out var error))
            {
                return error;
            }
        }

        return Refused(call, $"redirects more than {MaxRedirects} times");
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private async ValueTask<CacheResult<HttpResponseMessage>> SendToAsync(
        HttpCall call, Uri target, CancellationToken cancellationToken)
    {
        using var message = call.ToMessage(target);
        if (options.Credential is { } credential && IsOwn(target)
            && await credential(cancellationToken) is { } shown)
        {
            shown.AddTo(message.Headers);
        }

        try
        {
            return await _link.SendAsync(message, cancellationToken);
        }
        catch (Exception thrown) when (HttpFailures.IsOfARequest(thrown, cancellationToken))
        {
            call.Upload?.ThrowIfBroken();
            return call.Upload?.Error ?? HttpFailures.Thrown(Name, call.Method.Method, thrown);
        }
        finally
        {
            if (message.Content is UploadContent content)
            {
                await content.EndAsync();
            }
        }
    }

    private CacheResult<Uri> Next(HttpCall call, Uri from, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
        {
            return HttpFailures.Status(Name, call.Method.Method, response.StatusCode);
        }

        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != from.Scheme)
        {
            return Refused(call, "redirects to where the connection would not be encrypted");
        }

        var keepsMethod = (int)response.StatusCode is 307 or 308;
        if (!call.IsRead && (!keepsMethod || call.Upload is not { IsStarted: false }))
        {
            return Refused(call, $"redirects to {next.Authority}, which only reads can follow; use that URL");
        }

        return next;
    }

    private bool IsOwn(Uri target) =>
        target.Scheme == options.BaseUrl.Scheme
        && target.Port == options.BaseUrl.Port
        && target.IdnHost.Equals(options.BaseUrl.IdnHost, StringComparison.OrdinalIgnoreCase);

    private CacheError Refused(HttpCall call, string what) =>
        HttpFailures.Upstream(CacheErrorKind.Io, $"{Name} {what} ({call.Method.Method})");
}
