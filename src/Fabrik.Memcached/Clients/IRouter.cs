using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>Decides where a request goes. Each loop has its own.</summary>
internal interface IRouter
{
    /// <summary>The first route that matches; null when none does.</summary>
    Route? Find(Request request);

    /// <summary>The route that such a request would take; null for none.</summary>
    Route? Find(Verb verb, ReadOnlySpan<byte> key);
}
