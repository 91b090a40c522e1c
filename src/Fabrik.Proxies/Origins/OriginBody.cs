namespace Fabrik.Proxies.Origins;

/// <summary>Bytes that are coming from an origin. Who has it disposes of it, which ends the transfer.</summary>
internal abstract class OriginBody : IAsyncDisposable
{
    /// <summary>Reads some; 0 at the end. A body that ends early is a fault, not an end.</summary>
    public abstract ValueTask<OriginResult<int>> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
