using System.Buffers.Text;
using System.Text.Json;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>
/// What a job's token says of itself. It is a JWT whose claim <c>ac</c> holds a JSON text: an array of scopes (refs)
/// with the bits 1 for reading and 2 for writing. Nothing is verified here: the service does that.
/// </summary>
/// <param name="MayRead">Some scope may be read.</param>
/// <param name="MayWrite">Some scope may be written.</param>
/// <param name="ExpiresAt">When it ends, if it says so.</param>
internal readonly record struct RuntimeToken(bool MayRead, bool MayWrite, DateTimeOffset? ExpiresAt)
{
    private const int ReadBit = 1;
    private const int WriteBit = 2;

    /// <summary>The last second that a date can stand for.</summary>
    private const long LastSecond = 253_402_300_799;

    /// <summary>Reads a token. One of another form, as other servers use, is taken to allow all.</summary>
    public static RuntimeToken Read(string token)
    {
        var all = new RuntimeToken(true, true, null);
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return all;
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.ValueKind == JsonValueKind.Object ? Read(claims.RootElement) : all;
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            return all;
        }
    }

    private static RuntimeToken Read(JsonElement claims)
    {
        DateTimeOffset? expires = claims.TryGetProperty("exp", out var exp)
            && exp.ValueKind == JsonValueKind.Number
            && exp.TryGetDouble(out var seconds)
            && seconds is >= 0 and <= LastSecond
                ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                : null;
        if (!claims.TryGetProperty("ac", out var access) || access.ValueKind != JsonValueKind.String)
        {
            return new RuntimeToken(true, true, expires);
        }

        using var scopes = JsonDocument.Parse(access.GetString() ?? "[]");
        if (scopes.RootElement.ValueKind != JsonValueKind.Array)
        {
            return new RuntimeToken(true, true, expires);
        }

        var bits = scopes.RootElement.EnumerateArray().Aggregate(0, static (sum, scope) => sum | Bits(scope));
        return new RuntimeToken((bits & ReadBit) != 0, (bits & WriteBit) != 0, expires);
    }

    private static int Bits(JsonElement scope) =>
        scope.ValueKind == JsonValueKind.Object
        && scope.TryGetProperty("Permission", out var permission)
        && permission.ValueKind == JsonValueKind.Number
        && permission.TryGetInt32(out var bits)
            ? bits
            : 0;
}
