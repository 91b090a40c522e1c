using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.Http;

/// <summary>
/// An object on its way from a server. A connection that ends before the announced length ends reading with an
/// <see cref="IOException"/>.
/// </summary>
/// <param name="response">The answer that is open.</param>
/// <param name="content">Its bytes.</param>
/// <param name="length">How many there are left.</param>
internal sealed class HttpBody(HttpResponseMessage response, Stream content, long? length)
    : ObjectBody(content, length)
{
    /// <summary>Ends the request.</summary>
    public override ValueTask DisposeAsync()
    {
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
