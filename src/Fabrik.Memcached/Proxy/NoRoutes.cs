using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>What a loop has before it was told its routes.</summary>
internal sealed class NoRoutes : IRouter
{
    /// <summary>The only one.</summary>
    public static readonly NoRoutes Instance = new();

    /// <inheritdoc/>
    public Route? Find(Request request) => null;

    /// <inheritdoc/>
    public Route? Find(Verb verb, ReadOnlySpan<byte> key) => null;
}
