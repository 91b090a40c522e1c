using System.Globalization;
using System.Text.Json;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>Looks whether claims are what conditions ask for; once for each token, with its signature.</summary>
internal static class ClaimConditions
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
        | NumberStyles.AllowExponent;

    /// <summary>Whether all of them hold.</summary>
    public static bool Hold(IReadOnlyList<ClaimCondition> conditions, JsonElement claims)
    {
        foreach (var condition in conditions)
        {
            if (!Holds(condition, claims))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(ClaimCondition condition, JsonElement claims)
    {
        var found = TryFind(claims, condition.Claim, out var claim) && claim.ValueKind != JsonValueKind.Null;
        if (condition.Operator == ClaimOperator.Exists)
        {
            return found == (condition.Values is not ["false"]);
        }

        return found && condition.Operator switch
        {
            ClaimOperator.EqualTo => condition.Values.Any(value => Is(claim, value)),
            ClaimOperator.NotEqualTo => IsScalar(claim) && !condition.Values.Any(value => Is(claim, value)),
            ClaimOperator.Contains => condition.Values.Any(value => Contains(claim, value)),
            ClaimOperator.In => condition.Values.Any(value => Is(claim, value) || Has(claim, value)),
            ClaimOperator.GreaterThan => Compare(claim, condition.Values) > 0,
            ClaimOperator.AtLeast => Compare(claim, condition.Values) >= 0,
            ClaimOperator.LessThan => Compare(claim, condition.Values) < 0,
            ClaimOperator.AtMost => Compare(claim, condition.Values) <= 0,
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition.Operator, "unknown operator"),
        };
    }

    // Names with dots are common ("https://example.com/role"), so the whole name is tried before its parts.
    private static bool TryFind(JsonElement claims, string path, out JsonElement claim)
    {
        if (claims.TryGetProperty(path, out claim))
        {
            return true;
        }

        claim = claims;
        foreach (var part in path.AsSpan().Split('.'))
        {
            if (claim.ValueKind != JsonValueKind.Object || !claim.TryGetProperty(path.AsSpan(part), out claim))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsScalar(JsonElement claim) =>
        claim.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object);

    private static bool Is(JsonElement claim, string value) => claim.ValueKind switch
    {
        JsonValueKind.String => StrictJson.TryGetText(claim, out var text) && text == value,
        JsonValueKind.Number => Compare(claim, value) == 0,
        JsonValueKind.True => value == "true",
        JsonValueKind.False => value == "false",
        _ => false,
    };

    private static bool Has(JsonElement claim, string value) =>
        claim.ValueKind == JsonValueKind.Array && claim.EnumerateArray().Any(element => Is(element, value));

    private static bool Contains(JsonElement claim, string value) =>
        Has(claim, value)
        || (StrictJson.TryGetText(claim, out var text) && text.Contains(value, StringComparison.Ordinal));

    private static int? Compare(JsonElement claim, IReadOnlyList<string> values) =>
        values is [var value] ? Compare(claim, value) : null;

    // As decimals where both are, since ids are often beyond what a double holds exactly.
    private static int? Compare(JsonElement claim, string value)
    {
        if (claim.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        if (claim.TryGetDecimal(out var exact)
            && decimal.TryParse(value, Number, CultureInfo.InvariantCulture, out var other))
        {
            return exact.CompareTo(other);
        }

        return claim.TryGetDouble(out var number)
            && double.TryParse(value, Number, CultureInfo.InvariantCulture, out var limit)
                ? number.CompareTo(limit)
                : null;
    }
}
