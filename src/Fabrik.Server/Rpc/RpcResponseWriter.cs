using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Rpc;

/// <summary>The responses of a call with any number of them.</summary>
internal sealed class RpcResponseWriter<T>(RpcResponse response, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    /// <inheritdoc/>
    public WriteOptions? WriteOptions { get; set; }

    /// <inheritdoc/>
    public Task WriteAsync(T message) => WriteAsync(message, default);

    /// <inheritdoc/>
    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return response.WriteAsync(message, marshaller, WriteOptions, cancellationToken);
    }
}
