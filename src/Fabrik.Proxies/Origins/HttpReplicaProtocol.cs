using System.Net;

namespace Fabrik.Proxies.Origins;

/// <summary>Requests to any HTTP server: as they came, to another host.</summary>
internal sealed class HttpReplicaProtocol(ReplicaOptions options) : IReplicaProtocol
{
    private readonly string _origin = RawUri.OriginOf(options.Url);
    private readonly string _prefix = RawUri.PrefixOf(options.Url);

    public ValueTask<HttpRequestMessage> ToMessageAsync(OriginRequest request, CancellationToken cancellationToken)
    {
        var target = RawUri.Of(_origin, _prefix + request.Target);
        var message = new HttpRequestMessage(new HttpMethod(request.Method), target)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Body,
        };
        foreach (var field in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(field.Name, field.Value))
            {
                message.Content?.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
        }

        return ValueTask.FromResult(message);
    }

    public ValueTask<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        default;
}
