namespace Fabrik.Server.Auth;

/// <summary>
/// Who asks, once a token has been verified: the one thing that every protocol adapter knows of its client.
/// </summary>
public sealed record CachePrincipal
{
    /// <summary>Whoever comes in where no token is required.</summary>
    public static CachePrincipal Anonymous { get; } = new() { Subject = "", Permissions = Permissions.All };

    /// <summary>The token's <c>sub</c>, for logs; empty for an anonymous client.</summary>
    public required string Subject { get; init; }

    /// <summary>What the client may do.</summary>
    public required Permissions Permissions { get; init; }

    /// <summary>The tenant, part of every id; empty where tenants are not told apart.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The trust scope that the client writes to; empty for the default scope.</summary>
    public string WriteScope { get; init; } = "";

    /// <summary>The trust scopes that the client reads from, in order: own, base, default.</summary>
    public IReadOnlyList<string> ReadScopes { get; init; } = [""];

    /// <summary>Whether all of <paramref name="permissions"/> are held.</summary>
    public bool May(Permissions permissions) => (Permissions & permissions) == permissions;
}
