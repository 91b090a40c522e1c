using System.Net;
using Fabrik.Proxies.Configuration;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Access;

/// <summary>
/// Lets in whoever shows a token that is good (or else 401) and meets the bucket's conditions (or else 403).
/// </summary>
/// <param name="authenticator">Decides on tokens, from memory.</param>
/// <param name="trusted">The networks whose word of a client's address is taken.</param>
public sealed class TokenAccess(IRequestAuthenticator authenticator, IReadOnlyList<IPNetwork> trusted) : IAccessRule
{
    /// <inheritdoc/>
    public ValueTask<AccessDecision> DecideAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (OwnRequest.Is(context))
        {
            return new ValueTask<AccessDecision>(new AccessDecision(AccessVerdict.Allowed));
        }

        var outcome = RequestIdentity.Of(context, authenticator, trusted).Outcome;
        if (outcome.TryGet(out _))
        {
            return new ValueTask<AccessDecision>(new AccessDecision(AccessVerdict.Allowed));
        }

        // A password is no use here: the first value, Bearer, is the only one that is offered.
        var verdict = outcome.Failure == AuthFailure.NotAllowed
            ? AccessVerdict.Forbidden
            : AccessVerdict.Unauthenticated;
        return new ValueTask<AccessDecision>(new AccessDecision(
            verdict, AuthChallenge.For(outcome.Failure)[0], AuthFailureNames.Of(outcome.Failure)));
    }
}
