using System.Net;
using Fabrik.Proxies.Limits;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Access;

/// <summary>
/// Who asks, found once for each request and kept with it: limits, the rule of the bucket and the access log all want
/// to know.
/// </summary>
public sealed class RequestIdentity
{
    private readonly IRequestAuthenticator? _authenticator;

    private RequestIdentity(IRequestAuthenticator? authenticator, AuthOutcome outcome, IPAddress? address)
    {
        _authenticator = authenticator;
        Outcome = outcome;
        Address = address;
    }

    /// <summary>What its token comes to; the anonymous principal where none is asked for.</summary>
    public AuthOutcome Outcome { get; }

    /// <summary>The address that it comes from.</summary>
    public IPAddress? Address { get; }

    /// <summary>The subject of its token; empty without one.</summary>
    public string Subject => Outcome.Principal?.Subject ?? "";

    /// <summary>Which client it is, for limits: the subject of a good token, or else the address.</summary>
    public ClientKey Client => Subject.Length > 0 ? ClientKey.OfSubject(Subject) : ClientKey.OfAddress(Address);

    /// <summary>The identity of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="authenticator">Looks at its token; null where none is asked for.</param>
    /// <param name="trusted">The networks whose word of a client's address is taken.</param>
    public static RequestIdentity Of(
        HttpContext context, IRequestAuthenticator? authenticator, IReadOnlyList<IPNetwork> trusted)
    {
        var known = context.Features.Get<RequestIdentity>();
        if (known is not null && ReferenceEquals(known._authenticator, authenticator))
        {
            return known;
        }

        var outcome = authenticator?.Authenticate(context.Request) ?? CachePrincipal.Anonymous;
        RequestIdentity found = new(authenticator, outcome, ClientAddress.Of(context, trusted));
        context.Features.Set(found);
        return found;
    }

    /// <summary>The identity that was found for a request; null where nobody wanted to know.</summary>
    public static RequestIdentity? Find(HttpContext context) => context.Features.Get<RequestIdentity>();
}
