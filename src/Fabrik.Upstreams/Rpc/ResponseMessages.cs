using System.Buffers;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>
/// The messages of an answer, read as they are asked for: what is not read stays with the server, but for one window
/// of HTTP/2. While it waits for a message it holds one small array.
/// </summary>
internal sealed class ResponseMessages
{
    private const int SmallRent = 4096;

    private readonly HttpResponseMessage _response;
    private readonly MessageDecoder _decoder;
    private readonly int _maxSize;
    private Stream? _stream;
    private byte[] _array = [];
    private int _start;
    private int _end;

    public ResponseMessages(HttpResponseMessage response, int maxSize)
    {
        _response = response;
        _maxSize = maxSize;
        _decoder = new MessageDecoder(
            maxSize, ResponseHead.Find(response.Headers, GrpcFields.Encoding), StatusCode.Internal);
        Headers = ResponseHead.ReadMetadata(response.Headers);
    }

    /// <summary>The metadata that came before the messages.</summary>
    public Metadata Headers { get; }

    /// <summary>Waits for the next message.</summary>
    /// <returns>Nothing after the last one.</returns>
    /// <exception cref="RpcException">A message is too large or not well formed.</exception>
    /// <exception cref="IOException">The transport failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            _stream ??= await _response.Content.ReadAsStreamAsync(cancellationToken);
            while (true)
            {
                if (TryDecode(marshaller, out var message))
                {
                    return message;
                }

                var count = await _stream.ReadAsync(Reserve(), cancellationToken);
                if (count == 0)
                {
                    return _start == _end ? null : throw EndedWithinMessage();
                }

                _end += count;
            }
        }
        finally
        {
            if (_start == _end)
            {
                Return();
            }
        }
    }

    /// <summary>How the call ended; once all messages are read.</summary>
    public CallOutcome ReadEnd() => ResponseHead.ReadEnd(_response);

    private bool TryDecode<T>(Marshaller<T> marshaller, out T? message)
        where T : class
    {
        var buffer = new ReadOnlySequence<byte>(_array, _start, _end - _start);
        var before = buffer.Length;
        if (!_decoder.TryDecode(ref buffer, marshaller, out message))
        {
            return false;
        }

        _start += (int)(before - buffer.Length);
        return message is not null
            ? true
            : throw new InvalidOperationException("the marshaller made no message");
    }

    // Where to read to: up to the end of the message that has begun, so that the next one begins a buffer of its own.
    private Memory<byte> Reserve()
    {
        var buffer = new ReadOnlySequence<byte>(_array, _start, _end - _start);
        var count = _end - _start;
        var hasPrefix = count >= MessageFrame.PrefixLength;
        MessageFrame.TryRead(ref buffer, _maxSize, out var frame);
        var needed = hasPrefix ? MessageFrame.PrefixLength + (int)frame.Length : SmallRent;
        if (_array.Length - _start < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            _array.AsSpan(_start, count).CopyTo(larger);
            Return();
            _array = larger;
            _end = count;
        }

        return _array.AsMemory(_end, hasPrefix ? needed - count : _array.Length - _end);
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = [];
        _start = 0;
        _end = 0;
    }

    // A server that fails within a message may say so in its trailers.
    private RpcException EndedWithinMessage() =>
        ResponseHead.ReadEnd(_response) is { IsSuccess: false, Status.StatusCode: not StatusCode.Unknown } outcome
            ? outcome.ToException()
            : MessageErrors.Truncated();
}
