using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Fabrik.Cli.Doctor;

/// <summary>Whether a token that an upstream is shown is still good, as far as the token itself tells.</summary>
internal static class TokenCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(1);

    private const string Renew = "get a new token and put it where auth.token_file or FABRIK_TOKEN points";

    /// <summary>Looks at the times in a token. What is no JSON Web Token is not looked at.</summary>
    public static IEnumerable<Finding> Run(string subject, string? token, DateTimeOffset now)
    {
        if (token is null || token.Split('.') is not [_, { } payload, _] || ExpiryOf(payload) is not { } expires)
        {
            yield break;
        }

        string moment = expires.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
        yield return expires <= now
            ? Finding.Failure(subject, $"the token expired at {moment}", Renew)
            : expires <= now + Soon
                ? Finding.Warning(subject, $"the token expires at {moment}", Renew)
                : Finding.Fine(subject, $"the token is good until {moment}");
    }

    private static DateTimeOffset? ExpiryOf(string payload)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return json.RootElement.TryGetProperty("exp", out JsonElement exp) && exp.TryGetDouble(out double seconds)
                ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
            or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
