using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Upstreams.Http;

/// <summary>A server that takes GET, HEAD, PUT and perhaps DELETE below a URL.</summary>
public sealed record HttpStoreOptions
{
    /// <summary>Objects are named below it: <c>http</c> or <c>https</c>, ends in a slash, no user, no query.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>How keys become names.</summary>
    public HttpKeyLayout Layout { get; init; }

    /// <summary>
    /// Asked before every request, so that a token may change; it should answer from memory. Its answer is sent to
    /// <see cref="BaseUrl"/>'s own host, scheme and port only, never to where that redirects.
    /// </summary>
    public Func<CancellationToken, ValueTask<HttpCredential?>>? Credential { get; init; }

    /// <summary>How the server is reached.</summary>
    public HttpLinkOptions Link { get; init; } = new();

    /// <summary>
    /// Bodies of this many bytes or more are announced and sent when the server agrees, so that a refusal costs
    /// nothing (RFC 9110, 10.1.1).
    /// </summary>
    public long AnnounceFrom { get; init; } = 64 * 1024;

    /// <summary>
    /// From a server that cannot deliver a part, at most this many bytes are read and thrown away to get at it.
    /// </summary>
    public long MaxSkip { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether the server removes objects.</summary>
    public bool CanDelete { get; init; } = true;

    /// <summary>The clock that a server's <c>Retry-After</c> is measured by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Reads a URL as it stands in a configuration: with <c>user:password@</c> for Basic, and with or without a slash
    /// at the end.
    /// </summary>
    /// <param name="url">The URL.</param>
    /// <param name="options">The options that follow from it.</param>
    /// <param name="error">What is wrong with it, without its secrets.</param>
    public static bool TryParse(
        string url, [NotNullWhen(true)] out HttpStoreOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || (parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps)
            || parsed.Host.Length == 0)
        {
            error = "not a URL such as https://cache.example/http/";
            return false;
        }

        if (parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
        {
            error = "a URL below which objects are named has no ? and no #";
            return false;
        }

        var path = parsed.AbsolutePath.EndsWith('/') ? parsed.AbsolutePath : parsed.AbsolutePath + "/";
        var credential = CredentialOf(parsed.UserInfo);
        options = new HttpStoreOptions
        {
            BaseUrl = new Uri($"{parsed.Scheme}://{parsed.Authority}{path}"),
            Credential = credential is null ? null : _ => ValueTask.FromResult<HttpCredential?>(credential),
        };
        error = null;
        return true;
    }

    private static HttpCredential? CredentialOf(string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return null;
        }

        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var password = colon < 0 ? "" : userInfo[(colon + 1)..];
        return HttpCredential.Basic(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
    }
}
