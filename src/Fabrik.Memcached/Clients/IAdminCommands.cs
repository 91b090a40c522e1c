using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>What clients may ask about the proxy itself.</summary>
internal interface IAdminCommands
{
    /// <summary>Answers <c>stats</c>.</summary>
    /// <param name="topic">What stands behind it; may be empty.</param>
    /// <param name="protocol">The protocol to answer in.</param>
    /// <param name="opaque">What a binary answer is told by.</param>
    /// <returns>The whole answer, with its end; null for a topic that does not exist.</returns>
    byte[]? Stats(ReadOnlySpan<byte> topic, MemcachedProtocol protocol, uint opaque);
}
