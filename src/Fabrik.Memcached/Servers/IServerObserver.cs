using Fabrik.Memcached.Destinations;

namespace Fabrik.Memcached.Servers;

/// <summary>
/// Who watches how a server does, on one loop, and so knows whether it is alive: while it is not, requests fail at
/// once.
/// Called on the loop's thread.
/// </summary>
internal interface IServerObserver : IServerHealth
{
    /// <summary>A request was answered.</summary>
    void Succeeded();

    /// <summary>A connection could not be made or broke, or an answer did not come in time.</summary>
    void Failed(ServerFailure reason);
}
