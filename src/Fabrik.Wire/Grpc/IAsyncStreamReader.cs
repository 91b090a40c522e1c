namespace Fabrik.Wire.Grpc;

/// <summary>Messages as they come. The shape is that of the official .NET API.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that <see cref="MoveNext"/> waited for; meaningless without one.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; only one call at a time.</summary>
    /// <returns>False after the last one.</returns>
    /// <exception cref="RpcException">The call failed.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
