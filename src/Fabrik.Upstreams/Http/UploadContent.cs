using System.Net;

namespace Fabrik.Upstreams.Http;

/// <summary>The body of one upload request: the next bytes of a source, always with their length in front.</summary>
internal sealed class UploadContent : HttpContent
{
    private readonly UploadSource _source;
    private readonly long _count;
    private readonly CancellationTokenSource _ending = new();
    private Task _copying = Task.CompletedTask;

    /// <summary>A body of one request.</summary>
    /// <param name="source">Where the bytes come from.</param>
    /// <param name="count">How many of them.</param>
    public UploadContent(UploadSource source, long count)
    {
        _source = source;
        _count = count;
        Headers.ContentLength = count;
    }

    /// <summary>
    /// Returns when nothing of the source is being read any more. A server may answer, over HTTP/2 at least, while the
    /// body is still on its way; its owner gets it back quiet all the same.
    /// </summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _copying = CopyAsync(stream, cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _count;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _ending.Dispose();
        base.Dispose(disposing);
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        await _source.CopyToAsync(stream, _count, either.Token);
    }
}
