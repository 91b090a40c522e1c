using Fabrik.Server.Auth;
using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Who calls, and for what.</summary>
/// <param name="Principal">Who calls.</param>
/// <param name="Context">The call.</param>
internal readonly record struct BazelCall(CachePrincipal Principal, ServerCallContext Context)
{
    /// <summary>Ends when the caller goes away or its deadline passes.</summary>
    public CancellationToken Ended => Context.CancellationToken;
}
