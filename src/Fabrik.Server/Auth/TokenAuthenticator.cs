using System.Buffers;
using Fabrik.Server.Auth.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth;

/// <summary>Lets in who shows a token that is signed by a key of ours and says what it must.</summary>
internal sealed class TokenAuthenticator(
    TokenVerifier verifier, AuthOptions options, AuthMetrics metrics, ILogger logger) : IRequestAuthenticator
{
    private const int OnStack = 2048;

    // Beside the token, Basic carries a user name, and four characters for three bytes.
    private const int MaxUserName = 256;

    private readonly int _maxCredentials = (options.MaxTokenSize + MaxUserName) / 3 * 4 + 4;

    /// <inheritdoc/>
    public AuthOutcome Authenticate(HttpRequest request) =>
        Count(TryFind(request, out var found, out var failure) ? Decide(found) : failure);

    /// <inheritdoc/>
    public AuthOutcome AuthenticateToken(ReadOnlySpan<char> token) => Count(Decide(PresentedToken.Of(token)));

    private AuthOutcome Count(AuthOutcome outcome)
    {
        if (outcome.Principal is null)
        {
            metrics.Failed(outcome.Failure);
            AuthLog.Refused(logger, outcome.Failure);
        }

        return outcome;
    }

    private AuthOutcome Decide(PresentedToken found)
    {
        var length = found.Credentials.Length;
        if (length > _maxCredentials)
        {
            return AuthFailure.Malformed;
        }

        byte[]? rented = null;
        var buffer = length <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Decide(found, buffer);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private bool TryFind(HttpRequest request, out PresentedToken found, out AuthFailure failure) =>
        options.TokenSources.Count == 0
            ? PresentedToken.TryFind(request.Headers.Authorization, request.QueryString, out found, out failure)
            : PresentedToken.TryFind(request, options.TokenSources, out found, out failure);

    private AuthOutcome Decide(PresentedToken found, Span<byte> buffer)
    {
        if (!found.TryRead(buffer, out var token))
        {
            return AuthFailure.Malformed;
        }

        return token.IsEmpty ? AuthFailure.Missing : verifier.Verify(token);
    }
}
