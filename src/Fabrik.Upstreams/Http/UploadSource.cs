using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.Http;

/// <summary>
/// The bytes of an object on their way out, in one request or in several. The very last byte leaves only when the
/// source has ended in the right place: a server that was promised a length then never has a whole object that its
/// source has not vouched for.
/// </summary>
internal sealed class UploadSource(ObjectContent content, TimeProvider time)
{
    private ExceptionDispatchInfo? _thrown;
    private long _sent;

    /// <summary>Bytes of the object.</summary>
    public long Length => content.Length;

    /// <summary>Bytes that have not been sent.</summary>
    public long Remaining => content.Length - _sent;

    /// <summary>When bytes were first taken (a timestamp of the clock); after that they cannot be sent again.</summary>
    public long? StartedAt { get; private set; }

    /// <summary>Whether bytes have been taken.</summary>
    public bool IsStarted => StartedAt is not null;

    /// <summary>The error when the source had another length than was promised.</summary>
    public CacheError? Error { get; private set; }

    /// <summary>Throws what the source threw, if it did.</summary>
    public void ThrowIfBroken() => _thrown?.Throw();

    /// <summary>Sends the next bytes.</summary>
    /// <exception cref="UploadBrokenException">The source broke: see <see cref="Error"/>.</exception>
    public async Task CopyToAsync(Stream destination, long count, CancellationToken cancellationToken)
    {
        StartedAt ??= time.GetTimestamp();
        var end = _sent + count;
        if (_sent < content.Head.Length)
        {
            await CopyHeadAsync(destination, end, cancellationToken);
        }

        while (_sent < end)
        {
            var buffer = await ReadAsync(end, cancellationToken);
            var piece = buffer.Slice(0, Math.Min(buffer.Length, end - _sent));
            foreach (var segment in piece)
            {
                await destination.WriteAsync(segment, cancellationToken);
            }

            _sent += piece.Length;
            content.Body.AdvanceTo(piece.End);
        }
    }

    private async Task CopyHeadAsync(Stream destination, long end, CancellationToken cancellationToken)
    {
        if (content.Head.Length == content.Length)
        {
            await ReadAsync(end, cancellationToken);
        }

        var upTo = (int)Math.Min(content.Head.Length, end);
        await destination.WriteAsync(content.Head[(int)_sent..upTo], cancellationToken);
        _sent = upTo;
    }

    /// <summary>What may be sent now; the last byte only at the source's end.</summary>
    private async ValueTask<ReadOnlySequence<byte>> ReadAsync(long end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await TakeAsync(cancellationToken);
            var length = read.Buffer.Length;
            var left = Math.Max(0, content.Length - Math.Max(_sent, content.Head.Length));
            if (length > left)
            {
                throw Broken($"has more bytes than the {content.Length} announced");
            }

            if (read.IsCanceled || (read.IsCompleted && length < left))
            {
                throw Broken($"ends {left - length} bytes before the {content.Length} announced");
            }

            if (read.IsCompleted || end < content.Length)
            {
                return read.Buffer;
            }

            if (length > 1)
            {
                return read.Buffer.Slice(0, length - 1);
            }

            content.Body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async ValueTask<ReadResult> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await content.Body.ReadAsync(cancellationToken);
        }
        catch (Exception thrown) when (!cancellationToken.IsCancellationRequested)
        {
            _thrown = ExceptionDispatchInfo.Capture(thrown);
            throw new UploadBrokenException("the source of the upload failed", thrown);
        }
    }

    private UploadBrokenException Broken(string what)
    {
        Error = CacheError.Client(CacheErrorKind.Incomplete, $"the body {what}; nothing was stored");
        return new UploadBrokenException(Error.Message, null);
    }
}

/// <summary>Ends a request whose body cannot be delivered.</summary>
internal sealed class UploadBrokenException(string message, Exception? inner) : IOException(message, inner);
