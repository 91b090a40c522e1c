namespace Fabrik.Server.Auth.Tokens;

/// <summary>When a token is valid (RFC 7519 sections 4.1.4 to 4.1.6).</summary>
/// <param name="Expires"><c>exp</c>: from then on it is not valid.</param>
/// <param name="NotBefore"><c>nbf</c>: before that it is not valid.</param>
/// <param name="Issued"><c>iat</c>: it cannot have been used before that.</param>
internal readonly record struct TokenTimes(DateTimeOffset? Expires, DateTimeOffset? NotBefore, DateTimeOffset? Issued)
{
    /// <summary>Whether it is valid at <paramref name="now"/>, by a clock that may be off by the skew.</summary>
    public bool IsInTime(DateTimeOffset now, TimeSpan skew, out AuthFailure failure)
    {
        failure = AuthFailure.Expired;
        if (now >= NotAfter(skew))
        {
            return false;
        }

        failure = AuthFailure.NotYetValid;
        return !(NotBefore - skew > now) && !(Issued - skew > now);
    }

    /// <summary>From when on it is expired, even by a clock that is slow by the skew.</summary>
    public DateTimeOffset NotAfter(TimeSpan skew) =>
        Expires is not { } expires || expires > DateTimeOffset.MaxValue - skew
            ? DateTimeOffset.MaxValue
            : expires + skew;
}
