using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Native.Zstd;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>
/// The content of a body of zstd frames. It ends with an <see cref="IOException"/>, with <see cref="Fault"/> set, when
/// they are no such frames, or have another size of content: no more than one byte too many is ever made of them.
/// </summary>
/// <param name="body">The frames; stays its owner's.</param>
/// <param name="size">Bytes of content.</param>
/// <param name="isLimit">Whether that is only the most there may be, since nobody said how many there are.</param>
internal sealed class ZstdBody(PipeReader body, long size, bool isLimit = false) : Stream
{
    /// <summary>What frames may take beyond twice their content: frames without any would never end.</summary>
    private const long Slack = 1024 * 1024;

    private static readonly StreamPipeReaderOptions ContentOptions =
        new(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, leaveOpen: true);

    private readonly ZstdDecoder _decoder = new();
    private long _taken;
    private long _written;
    private bool _mayHaveMore;

    /// <summary>What is wrong with the frames.</summary>
    public CacheError? Fault { get; private set; }

    /// <summary>Has the content stored; what is wrong with the frames is why it could not be.</summary>
    public async ValueTask<CacheResult<PutOutcome>> StoreAsync(Func<PipeReader, ValueTask<CacheResult<PutOutcome>>> put)
    {
        var content = PipeReader.Create(this, ContentOptions);
        try
        {
            var stored = await put(content);
            return stored.Error is not null && Fault is { } fault ? fault : stored;
        }
        finally
        {
            await content.CompleteAsync();
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (_mayHaveMore && Decode(default, buffer.Span).Written is > 0 and var rest)
            {
                return rest;
            }

            var read = await body.ReadAsync(cancellationToken);
            if (read.IsCompleted && read.Buffer.IsEmpty)
            {
                body.AdvanceTo(read.Buffer.End);
                CheckEnd();
                return 0;
            }

            var (consumed, written) = (0, 0);
            try
            {
                (consumed, written) = Decode(read.Buffer.FirstSpan, buffer.Span);
            }
            finally
            {
                // Whatever is wrong with the frames, the owner of the body may read on.
                body.AdvanceTo(read.Buffer.GetPosition(consumed));
            }

            if (written > 0)
            {
                return written;
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _decoder.Dispose();
        base.Dispose(disposing);
    }

    private (int Consumed, int Written) Decode(ReadOnlySpan<byte> frames, Span<byte> buffer)
    {
        var room = (int)Math.Min(buffer.Length, size - _written + 1);
        if (!_decoder.TryDecode(frames, buffer[..room], out var consumed, out var written, out var error))
        {
            throw Break($"the compressed bytes are no zstd frames: {error}");
        }

        (_taken, _written) = (_taken + consumed, _written + written);
        _mayHaveMore = written == room;
        if ((_taken - Slack) / 2 > size)
        {
            throw Break($"the compressed bytes are far more than the {size} bytes of the content");
        }

        return _written <= size
            ? (consumed, written)
            : throw (isLimit
                ? Break($"the content has more than {size} bytes", CacheErrorKind.TooLarge)
                : Break($"the compressed bytes have more content than the {size} bytes of the blob"));
    }

    private void CheckEnd()
    {
        if (!_decoder.IsBetweenFrames)
        {
            throw Break("the compressed bytes end within a zstd frame");
        }

        if (_written != size && !isLimit)
        {
            throw Break($"the compressed bytes have {_written} bytes of content, and the blob {size}");
        }
    }

    private IOException Break(string message, CacheErrorKind kind = CacheErrorKind.InvalidRequest)
    {
        Fault = CacheError.Client(kind, message);
        return new IOException(message);
    }
}
