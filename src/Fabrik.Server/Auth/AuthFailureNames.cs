namespace Fabrik.Server.Auth;

/// <summary>The words that metrics and logs have for failures.</summary>
public static class AuthFailureNames
{
    /// <summary>The word for one.</summary>
    public static string Of(AuthFailure failure) => failure switch
    {
        AuthFailure.Missing => "missing",
        AuthFailure.Malformed => "malformed",
        AuthFailure.UnknownKey => "unknown_key",
        AuthFailure.BadSignature => "bad_signature",
        AuthFailure.Expired => "expired",
        AuthFailure.NotYetValid => "not_yet_valid",
        AuthFailure.WrongClaims => "wrong_claims",
        AuthFailure.NotAllowed => "not_allowed",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "unknown failure"),
    };
}
