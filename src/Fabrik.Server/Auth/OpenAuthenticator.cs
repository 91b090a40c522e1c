using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Auth;

/// <summary>Lets everybody in: the listener itself is trusted, as on loopback.</summary>
public sealed class OpenAuthenticator : IRequestAuthenticator
{
    /// <summary>The only one that is needed.</summary>
    public static OpenAuthenticator Instance { get; } = new();

    /// <inheritdoc/>
    public AuthOutcome Authenticate(HttpRequest request) => CachePrincipal.Anonymous;

    /// <inheritdoc/>
    public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) => CachePrincipal.Anonymous;
}
