using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>Who calls, and what that means for the ids of what is asked for.</summary>
/// <param name="Principal">Who calls.</param>
/// <param name="Context">The call.</param>
internal readonly record struct FabrikCall(CachePrincipal Principal, ServerCallContext Context)
{
    /// <summary>Ends when the caller goes away or its deadline passes.</summary>
    public CancellationToken Ended => Context.CancellationToken;

    /// <summary>Whether the caller is told what the whole server holds: not one of several tenants.</summary>
    public bool SeesWholeServer => Principal.Tenant.Length == 0 || Principal.May(Permissions.Admin);

    /// <summary>The id of a hash in one of the caller's scopes.</summary>
    public ArtifactId IdIn(string scope, ReadOnlySpan<char> hash) =>
        ArtifactKey.IdOf(Principal.Tenant, scope, FabrikContract.Namespace, hash);
}
