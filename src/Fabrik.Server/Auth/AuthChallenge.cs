using Microsoft.Extensions.Primitives;

namespace Fabrik.Server.Auth;

/// <summary>
/// Values of <c>WWW-Authenticate</c> (RFC 6750 section 3, RFC 7617 section 2): why a request was refused.
/// </summary>
public static class AuthChallenge
{
    private const string Realm = "Bearer realm=\"fabrik\"";

    // Gradle, curl and others send their password only once they have been asked for it.
    private const string Basic = "Basic realm=\"fabrik\", charset=\"UTF-8\"";

    private static readonly StringValues Missing = new([Realm, Basic]);
    private static readonly StringValues Malformed = Invalid("the token is malformed, too long, or of another type");
    private static readonly StringValues UnknownKey = Invalid("no configured key goes with the token");
    private static readonly StringValues BadSignature = Invalid("the signature is wrong");
    private static readonly StringValues Expired = Invalid("the token has expired");
    private static readonly StringValues NotYetValid = Invalid("the token is not valid yet");
    private static readonly StringValues WrongClaims = Invalid("a claim is missing, or is not the one expected here");

    private static readonly StringValues NotAllowed = new(
        [$"{Realm}, error=\"insufficient_scope\", error_description=\"the token's claims do not allow this\"", Basic]);

    /// <summary>The header's two values, Bearer and Basic, beside a 401, or a 403 where it is not allowed.</summary>
    public static StringValues For(AuthFailure failure) => failure switch
    {
        AuthFailure.Missing => Missing,
        AuthFailure.Malformed => Malformed,
        AuthFailure.UnknownKey => UnknownKey,
        AuthFailure.BadSignature => BadSignature,
        AuthFailure.Expired => Expired,
        AuthFailure.NotYetValid => NotYetValid,
        AuthFailure.WrongClaims => WrongClaims,
        AuthFailure.NotAllowed => NotAllowed,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "unknown failure"),
    };

    /// <summary>The header's value beside a 403: which permissions the request takes.</summary>
    public static string InsufficientScope(Permissions needed) =>
        $"{Realm}, error=\"insufficient_scope\", scope=\"{PermissionNames.Format(needed)}\"";

    private static StringValues Invalid(string description) =>
        new([$"{Realm}, error=\"invalid_token\", error_description=\"{description}\"", Basic]);
}
