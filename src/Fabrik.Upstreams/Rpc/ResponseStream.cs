using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>The messages of an answer, for the caller.</summary>
internal sealed class ResponseStream<TResponse>(RpcCall<TResponse> call) : IAsyncStreamReader<TResponse>
    where TResponse : class
{
    private TResponse? _current;
    private bool _isReading;

    /// <inheritdoc/>
    public TResponse Current =>
        _current ?? throw new InvalidOperationException("there is no message: MoveNext has not returned true");

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isReading, true))
        {
            throw new InvalidOperationException("a message is being read");
        }

        try
        {
            _current = null;
            using var cancelled = call.CancelBy(cancellationToken);
            _current = await call.ReadAsync();
            return _current is not null;
        }
        finally
        {
            Volatile.Write(ref _isReading, false);
        }
    }
}
