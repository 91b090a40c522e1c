using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Auth;

/// <summary>
/// Turns what a tool sent into a principal. Two implementations: tokens are required
/// (<c>TokenAuthenticator</c>), or everybody on this listener is trusted (<c>OpenAuthenticator</c>).
/// </summary>
public interface IRequestAuthenticator
{
    /// <summary>
    /// Decides at once, from memory: keys are refreshed in the background, never on the request path.
    /// </summary>
    AuthOutcome Authenticate(HttpRequest request);

    /// <summary>
    /// The same for a token that a protocol carries in a place of its own, as S3 does in the access key; empty for
    /// none.
    /// </summary>
    AuthOutcome AuthenticateToken(ReadOnlySpan<char> token);
}
