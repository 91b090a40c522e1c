namespace Fabrik.Proxies.Origins;

/// <summary>Which answers and exceptions are failures of an origin, and of which kind.</summary>
internal static class StatusFaults
{
    /// <summary>The failure that an answer is; null for one that is just an answer.</summary>
    /// <param name="replica">Who answered.</param>
    /// <param name="response">The answer.</param>
    /// <param name="code">The code of S3's error document, where there was one.</param>
    public static OriginFault? Of(string replica, HttpResponseMessage response, string? code)
    {
        var status = (int)response.StatusCode;
        var message = string.IsNullOrEmpty(code) ? $"{replica} answered {status}" : $"{replica}: {status} {code}";
        OriginFaultKind? kind = status switch
        {
            429 => OriginFaultKind.Overloaded,
            503 when code is "SlowDown" or "ServiceUnavailable" => OriginFaultKind.Overloaded,
            >= 500 => OriginFaultKind.ServerError,
            _ => AreCredentialsRefused(code) ? OriginFaultKind.BadCredentials : null,
        };
        return kind is null
            ? null
            : new OriginFault(kind.Value, message) { Status = status, RetryAfter = response.Headers.RetryAfter?.Delta };
    }

    /// <summary>The failure that an exception of a request is.</summary>
    public static OriginFault Thrown(string replica, Exception error) => error switch
    {
        MissingCredentialsException => new OriginFault(
            OriginFaultKind.BadCredentials, $"a request to {replica} cannot be signed: {error.Message}"),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError
                or HttpRequestError.ConfigurationLimitExceeded,
        } => new OriginFault(OriginFaultKind.Malformed, $"{replica} answered what is not HTTP: {error.Message}"),
        _ => new OriginFault(OriginFaultKind.Unreachable, $"{replica} cannot be reached: {error.Message}"),
    };

    // 403 alone may be about one object; these are about us. The list of S3's error codes.
    private static bool AreCredentialsRefused(string? code) => code is "InvalidAccessKeyId" or "SignatureDoesNotMatch"
        or "RequestTimeTooSkewed" or "ExpiredToken" or "InvalidToken" or "AuthorizationHeaderMalformed"
        or "InvalidSecurity" or "TokenRefreshRequired" or "PermanentRedirect";
}
