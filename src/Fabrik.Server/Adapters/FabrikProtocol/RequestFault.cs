using Fabrik.Cache;
using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>
/// Ends a call with a failure: the one way of gRPC to do that. It is thrown by what serves a call, and caught by
/// <see cref="FabrikService"/>, which counts it.
/// </summary>
/// <param name="error">What went wrong.</param>
/// <param name="code">The status, where it says more than that of the kind.</param>
internal sealed class RequestFault(CacheError error, StatusCode? code = null) : Exception(error.Message, error.Cause)
{
    /// <summary>What went wrong.</summary>
    public CacheError Error => error;

    /// <summary>The status to answer with instead of the kind's.</summary>
    public StatusCode? Code => code;
}
