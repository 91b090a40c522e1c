using System.Buffers;

namespace Fabrik.Wire.Grpc;

/// <summary>
/// Makes messages of frames, on either side of a call: checks the flag, decompresses within a limit, and hands the
/// bytes to a marshaller without a copy. One for each direction of a call; not for several threads.
/// </summary>
public sealed class MessageDecoder : DeserializationContext
{
    private readonly int _maxSize;
    private readonly string? _encoding;
    private readonly StatusCode _unknownEncoding;
    private ReadOnlySequence<byte> _payload;

    /// <summary>Makes one.</summary>
    /// <param name="maxSize">The most bytes a message may have, compressed or not.</param>
    /// <param name="encoding">The peer's <c>grpc-encoding</c>, or <see langword="null"/>.</param>
    /// <param name="unknownEncoding">
    /// The status for a message whose encoding is not known: "unimplemented" at a server, "internal" at a client.
    /// </param>
    public MessageDecoder(int maxSize, string? encoding, StatusCode unknownEncoding)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        _maxSize = maxSize;
        _encoding = encoding;
        _unknownEncoding = unknownEncoding;
    }

    /// <inheritdoc/>
    public override int PayloadLength => (int)_payload.Length;

    /// <inheritdoc/>
    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    /// <inheritdoc/>
    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>Takes the next message from a buffer.</summary>
    /// <param name="buffer">Begins at a message; afterwards behind it, if there was a whole one.</param>
    /// <param name="marshaller">Reads the message.</param>
    /// <param name="message">The message.</param>
    /// <returns>False if the buffer has no whole message yet.</returns>
    /// <exception cref="RpcException">The message is too large or not well formed: nothing can follow.</exception>
    public bool TryDecode<T>(ref ReadOnlySequence<byte> buffer, Marshaller<T> marshaller, out T? message)
    {
        ArgumentNullException.ThrowIfNull(marshaller);
        message = default;
        var result = MessageFrame.TryRead(ref buffer, _maxSize, out var frame);
        switch (result)
        {
            case FrameResult.Incomplete:
                return false;
            case FrameResult.Complete when !frame.IsCompressed:
                message = Parse(frame.Payload, marshaller);
                return true;
            case FrameResult.Complete:
                message = Decompress(frame.Payload, marshaller);
                return true;
            default:
                throw MessageErrors.For(result, frame, _maxSize);
        }
    }

    private T Decompress<T>(in ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        if (MessageEncoding.IsIdentity(_encoding))
        {
            throw MessageErrors.FlagWithoutEncoding();
        }

        if (!MessageEncoding.IsGzip(_encoding))
        {
            throw MessageErrors.UnknownEncoding(_unknownEncoding);
        }

        var size = GzipMessage.ClaimedSize(payload, _maxSize);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            GzipMessage.Decompress(payload, buffer.AsSpan(0, size));
            return Parse(new ReadOnlySequence<byte>(buffer, 0, size), marshaller);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private T Parse<T>(ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        _payload = payload;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw MessageErrors.Unparsable(exception);
        }
        finally
        {
            _payload = default;
        }
    }
}
