using System.Net;

namespace Fabrik.MemcachedTests.Backends;

/// <summary>An HTTP server without a network.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    /// <summary>Answers a request; its body has been read already.</summary>
    public Func<HttpRequestMessage, string, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } =
        static (_, _, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var response = await Answer(request, body, cancellationToken);
        response.RequestMessage = request;
        return response;
    }
}
