using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>
/// Makes frames of messages, on either side of a call. A message whose marshaller says its size is written straight
/// into the transport's buffer; another one, or one that is compressed, goes through a rented one. One for each
/// direction of a call; not for several threads.
/// </summary>
public sealed class MessageEncoder : SerializationContext, IBufferWriter<byte>, IDisposable
{
    private readonly IBufferWriter<byte> _output;
    private readonly int _maxSize;
    private PooledBuffer? _buffer;
    private PooledBuffer? _compressed;
    private Stage _stage = Stage.Idle;
    private bool _compress;
    private int _announced;
    private int _written;

    /// <summary>Makes one.</summary>
    /// <param name="output">Where frames go; whoever owns it flushes.</param>
    /// <param name="maxSize">The most bytes a message may have before it is compressed.</param>
    public MessageEncoder(IBufferWriter<byte> output, int maxSize)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        _output = output;
        _maxSize = maxSize;
    }

    private enum Stage
    {
        Idle,
        Begun,
        Direct,
        Buffered,
        Done,
        Broken,
    }

    /// <summary>
    /// Whether a marshaller failed within a message that was on its way already: the stream can only be reset.
    /// </summary>
    public bool IsBroken => _stage == Stage.Broken;

    /// <summary>Writes one message with its prefix.</summary>
    /// <param name="message">The message.</param>
    /// <param name="marshaller">Writes it.</param>
    /// <param name="compress">Whether to compress it with gzip, if that makes it smaller.</param>
    /// <exception cref="RpcException">The message is too large; nothing was written.</exception>
    /// <exception cref="InvalidOperationException">
    /// The marshaller did not do what it said, or the encoder is broken.
    /// </exception>
    public void Encode<T>(T message, Marshaller<T> marshaller, bool compress)
    {
        ArgumentNullException.ThrowIfNull(marshaller);
        if (_stage != Stage.Idle)
        {
            throw new InvalidOperationException("a message before this one could not be written");
        }

        (_stage, _compress, _announced, _written) = (Stage.Begun, compress, -1, 0);
        try
        {
            marshaller.ContextualSerializer(message, this);
            if (_stage != Stage.Done)
            {
                throw new InvalidOperationException("the marshaller did not complete the message");
            }
        }
        finally
        {
            _stage = _stage == Stage.Direct ? Stage.Broken : Stage.Idle;
        }
    }

    /// <inheritdoc/>
    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        Expect(Stage.Begun);
        _announced = payloadLength <= _maxSize
            ? payloadLength
            : throw MessageErrors.TooLargeToSend(payloadLength, _maxSize);
    }

    /// <inheritdoc/>
    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_stage == Stage.Begun && _announced >= 0 && !_compress)
        {
            WritePrefix(isCompressed: false, _announced);
            _stage = Stage.Direct;
        }
        else if (_stage == Stage.Begun)
        {
            _buffer ??= new PooledBuffer(_maxSize);
            _buffer.Clear();
            _stage = Stage.Buffered;
        }

        return this;
    }

    /// <inheritdoc/>
    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        Expect(Stage.Begun);
        WriteWhole(payload);
        _stage = Stage.Done;
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        if (_stage == Stage.Begun)
        {
            GetBufferWriter();
        }

        if (_stage == Stage.Buffered)
        {
            WriteWhole(_buffer!.WrittenSpan);
        }
        else if (_stage != Stage.Direct || _written != _announced)
        {
            throw new InvalidOperationException(
                $"the marshaller wrote {_written} bytes of a message after it had announced {_announced}");
        }

        _stage = Stage.Done;
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        if (_stage == Stage.Buffered)
        {
            _buffer!.Advance(count);
            return;
        }

        Expect(Stage.Direct);
        _written += count;
        if (_written > _announced)
        {
            throw new InvalidOperationException($"the marshaller wrote more than the {_announced} bytes it announced");
        }

        _output.Advance(count);
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Target.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Target.GetSpan(sizeHint);

    /// <summary>Gives rented memory back.</summary>
    public void Dispose()
    {
        _buffer?.Dispose();
        _compressed?.Dispose();
    }

    private IBufferWriter<byte> Target => _stage == Stage.Buffered ? _buffer! : _output;

    private void WriteWhole(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _maxSize)
        {
            throw MessageErrors.TooLargeToSend(payload.Length, _maxSize);
        }

        var isSmaller = _compress && TryCompress(payload);
        var bytes = isSmaller ? _compressed!.WrittenSpan : payload;
        WritePrefix(isSmaller, bytes.Length);
        _output.Write(bytes);
    }

    private bool TryCompress(ReadOnlySpan<byte> payload)
    {
        _compressed ??= new PooledBuffer(int.MaxValue);
        _compressed.Clear();
        GzipMessage.Compress(payload, _compressed);
        return _compressed.Length < payload.Length;
    }

    private void WritePrefix(bool isCompressed, int length)
    {
        MessageFrame.WritePrefix(_output.GetSpan(MessageFrame.PrefixLength), isCompressed, length);
        _output.Advance(MessageFrame.PrefixLength);
    }

    private void Expect(Stage stage)
    {
        if (_stage != stage)
        {
            throw new InvalidOperationException("the marshaller used the context out of order");
        }
    }
}
