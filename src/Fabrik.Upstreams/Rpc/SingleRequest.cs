using System.Net;

namespace Fabrik.Upstreams.Rpc;

/// <summary>One message; made anew for each attempt.</summary>
internal sealed class SingleRequest<TRequest>(TRequest message, RequestFormat<TRequest> format, bool compress)
    : RequestSource
{
    public override HttpContent NewContent() => new Content(this);

    public override bool TryRewind() => true;

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new RequestBuffer();
        try
        {
            Encode(buffer, message, format, compress);
            await stream.WriteAsync(buffer.Written, cancellationToken);
        }
        finally
        {
            buffer.Clear();
        }
    }

    private sealed class Content(SingleRequest<TRequest> request) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            request.WriteAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            request.WriteAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
