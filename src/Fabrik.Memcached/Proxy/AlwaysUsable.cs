using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Proxy;

/// <summary>A server that nobody watches: it is asked whatever happened before.</summary>
internal sealed class AlwaysUsable : IServerObserver
{
    /// <summary>The only one.</summary>
    public static readonly AlwaysUsable Instance = new();

    /// <inheritdoc/>
    public bool IsUsable => true;

    /// <inheritdoc/>
    public void Succeeded()
    {
    }

    /// <inheritdoc/>
    public void Failed(ServerFailure reason)
    {
    }
}
