using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Rpc;

/// <summary>
/// The requests of a call, one at a time out of Kestrel's buffer: the client may send as much as that holds and no more
/// until the method asks for the next message.
/// </summary>
internal sealed class RpcRequestReader<T>(RpcCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private readonly MessageDecoder _decoder = new(
        call.Options.MaxReceiveMessageSize,
        call.Http.Request.Headers[GrpcFields.Encoding],
        StatusCode.Unimplemented);

    private T? _current;
    private bool _hasEnded;
    private bool _isReading;

    /// <inheritdoc/>
    public T Current => _current ?? throw new InvalidOperationException("there is no message: MoveNext was not true");

    private PipeReader Body => call.Http.Request.BodyReader;

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_isReading)
        {
            throw new InvalidOperationException("a message can be asked for only when the one before it is there");
        }

        _current = null;
        _isReading = true;
        using var giveUp = cancellationToken == call.CancellationToken
            ? default
            : cancellationToken.UnsafeRegister(static state => ((PipeReader)state!).CancelPendingRead(), Body);
        try
        {
            return await ReadAsync(cancellationToken);
        }
        finally
        {
            _isReading = false;
        }
    }

    /// <summary>The only message of a call.</summary>
    /// <exception cref="RpcException">There is none, or more than one.</exception>
    public async ValueTask<T> ReadOnlyOneAsync()
    {
        if (!await MoveNext(default))
        {
            throw call.Bad(new RpcException(new Status(
                StatusCode.Unimplemented, "the method takes one message, and none was sent")));
        }

        var message = Current;
        return await MoveNext(default)
            ? throw call.Bad(new RpcException(new Status(
                StatusCode.Unimplemented, "the method takes one message, and more were sent")))
            : message;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_hasEnded)
        {
            call.CancellationToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            var read = await call.ReadAsync(call.CancellationToken);
            if (Take(read))
            {
                return true;
            }
        }

        return false;
    }

    private bool Take(ReadResult read)
    {
        var buffer = read.Buffer;
        var examined = buffer.End;
        try
        {
            if (_decoder.TryDecode(ref buffer, marshaller, out _current))
            {
                examined = buffer.Start;
                return true;
            }

            _hasEnded = read.IsCompleted;
            return _hasEnded && !buffer.IsEmpty ? throw MessageErrors.Truncated() : false;
        }
        catch (RpcException fault)
        {
            // Nothing that follows can be understood.
            _hasEnded = true;
            throw call.Bad(fault);
        }
        finally
        {
            Body.AdvanceTo(buffer.Start, examined);
        }
    }
}
