using System.Net;
using System.Net.Http.Headers;
using Fabrik.Cache;

namespace Fabrik.Upstreams.S3;

/// <summary>The last look at a request that the SDK made, before it is sent.</summary>
internal sealed class S3RequestHandler(S3Options options, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // Below this, asking first whether the body may come takes longer than sending it.
    private const int AskFirst = 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content?.Headers.ContentLength < AskFirst)
        {
            request.Headers.ExpectContinue = false;
        }

        if (options.Bearer is not null)
        {
            if (!options.Bearer.Get().TryGet(out var token, out var error))
            {
                throw new BearerTokenException(error);
            }

            Rewrite(request.Headers, token);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (options.Endpoint is not null && response.StatusCode == HttpStatusCode.TemporaryRedirect)
        {
            // The SDK follows this one only. Within AWS it has to; from a server that was named, nothing leads away.
            response.StatusCode = HttpStatusCode.Found;
        }

        return response;
    }

    // Google takes no x-amz header in a request that has a bearer token, and knows conditions on generations only: 0 is
    // that of an object that is not there.
    private static void Rewrite(HttpRequestHeaders headers, string token)
    {
        var theirs = headers.Select(header => header.Key)
            .Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("amz-sdk-", StringComparison.OrdinalIgnoreCase))
            .ToList();
        foreach (var name in theirs)
        {
            headers.Remove(name);
        }

        if (headers.IfNoneMatch.Remove(EntityTagHeaderValue.Any))
        {
            headers.TryAddWithoutValidation("x-goog-if-generation-match", "0");
        }

        headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}

/// <summary>There is no bearer token to send.</summary>
internal sealed class BearerTokenException(CacheError error) : Exception(error.Message, error.Cause)
{
    /// <summary>Why.</summary>
    public CacheError Error => error;
}
