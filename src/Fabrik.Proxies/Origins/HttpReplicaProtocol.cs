using System.Net;

namespace Fabrik.Proxies.Origins;

/// <summary>Requests to any HTTP server: as they came, to another host.</summary>
/// <remarks>
/// Interim answers (1xx) stay here: <see cref="SocketsHttpHandler"/> shows none to its caller, and Kestrel sends none
/// but 100. RFC 9110, section 15.2 lets a proxy leave out those that it asked for itself only; no answer depends on
/// one.
/// </remarks>
internal sealed class HttpReplicaProtocol(ReplicaOptions options, string? viaName) : IReplicaProtocol
{
    private readonly string? _via = viaName is null ? null : $"1.1 {viaName}";
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

        if (_via is not null)
        {
            message.Headers.TryAddWithoutValidation("Via", _via);
        }

        return ValueTask.FromResult(message);
    }

    public ValueTask<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        default;
}
