using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Where a request may go: a server, a pool of them, or a strategy over other destinations. Each loop has its own.
/// </summary>
internal abstract class Destination
{
    /// <summary>Its name in the configuration, for logs and explanations.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Sends a request. On the loop's thread only; the answer comes there too. The request is the caller's: who needs
    /// it beyond this call holds it.
    /// </summary>
    /// <returns>The answer, which is the caller's to release. It never throws for what a server does.</returns>
    public abstract ValueTask<Reply> SendAsync(Request request);

    /// <summary>Says where a key would go, in the order in which it would be asked; for people.</summary>
    public abstract void Explain(ReadOnlySpan<byte> key, DestinationPath path);
}
