using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.SideEffects;

/// <summary>
/// What happens besides a request. Nobody waits for it, and it never fails what it belongs to; where too much of it is
/// on its way, it is dropped. Each loop has its own.
/// </summary>
internal abstract class SideEffect
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>What those of its name have done on this loop, or on all of them.</summary>
    public abstract SendCounters Counters { get; }

    /// <summary>What it has on its way on this loop, and waits for the answer of.</summary>
    public virtual int Outstanding => 0;

    /// <summary>
    /// A request was answered. On the loop's thread, after the answer was handed to the client; both are the caller's,
    /// and held by whoever needs them beyond this call.
    /// </summary>
    public abstract void After(Request request, in Reply reply);
}
