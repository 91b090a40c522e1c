using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Server.Auth;

/// <summary>Why a request was not let in.</summary>
public enum AuthFailure
{
    /// <summary>There is no token, and one is required.</summary>
    Missing,

    /// <summary>The token is not well formed, too long, or of an algorithm or type that is not allowed.</summary>
    Malformed,

    /// <summary>No key that is configured goes with the token.</summary>
    UnknownKey,

    /// <summary>The signature is wrong.</summary>
    BadSignature,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The token is not valid yet, or was issued in the future.</summary>
    NotYetValid,

    /// <summary>The token is for another audience or from another issuer, or lacks a claim that is required.</summary>
    WrongClaims,

    /// <summary>
    /// The token is good, and does not meet <see cref="AuthOptions.Conditions"/>: the one failure that is a 403.
    /// </summary>
    NotAllowed,
}

/// <summary>The answer to "who is it?": a principal, or why there is none.</summary>
public readonly struct AuthOutcome
{
    private AuthOutcome(CachePrincipal? principal, AuthFailure failure)
    {
        Principal = principal;
        Failure = failure;
    }

    /// <summary>The principal, or <see langword="null"/> when refused.</summary>
    public CachePrincipal? Principal { get; }

    /// <summary>Why it was refused; meaningless beside a principal.</summary>
    public AuthFailure Failure { get; }

    /// <summary>Takes the outcome apart.</summary>
    public bool TryGet([NotNullWhen(true)] out CachePrincipal? principal)
    {
        principal = Principal;
        return principal is not null;
    }

    /// <summary>Let in.</summary>
    public static implicit operator AuthOutcome(CachePrincipal principal) => new(principal, default);

    /// <summary>Refused.</summary>
    public static implicit operator AuthOutcome(AuthFailure failure) => new(null, failure);
}
