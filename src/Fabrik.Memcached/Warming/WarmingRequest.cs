using System.Text.Json;
using Fabrik.Memcached.Routing;

namespace Fabrik.Memcached.Warming;

/// <summary>What is to be copied, as an operator asks for it.</summary>
internal sealed record WarmingRequest
{
    /// <summary>Keys that are given with a request at most; files and dumps have no such limit.</summary>
    public const int MaxKeys = 100_000;

    /// <summary>Copies at a time at most.</summary>
    public const int MaxConcurrency = 1024;

    /// <summary>The backend that keys are read from.</summary>
    public required string From { get; init; }

    /// <summary>The backend that they are written to.</summary>
    public required string To { get; init; }

    /// <summary>The keys; null where they come from elsewhere.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>A file on this machine with a key in each line; null where they come from elsewhere.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whether the servers of <see cref="From"/> are asked which keys they have.</summary>
    public bool IsMetadump { get; init; }

    /// <summary>What keys begin with; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Which keys are copied, as a route says it; null for all.</summary>
    public RoutePattern? Matcher { get; init; }

    /// <summary>Whether keys are left out.</summary>
    public bool IsFiltered => Prefix.Length > 0 || Matcher is not null;

    /// <summary>Keys in a second; 0 for as many as there can be.</summary>
    public double Rate { get; init; }

    /// <summary>Copies at a time.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Whether values that are there already are replaced.</summary>
    public bool Overwrites { get; init; }

    /// <summary>Reads a request, or says what is wrong with it.</summary>
    public static string? TryRead(JsonElement json, out WarmingRequest? request)
    {
        request = null;
        string? problem = null;
        var read = new WarmingRequest { From = "", To = "" };
        foreach (var member in json.EnumerateObject())
        {
            problem ??= TryTake(member, ref read);
        }

        problem ??= read.FindFault();
        request = problem is null ? read : null;
        return problem;
    }

    private static string? TryTake(JsonProperty member, ref WarmingRequest read)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "from" when value.ValueKind == JsonValueKind.String:
                read = read with { From = value.GetString()! };
                return null;
            case "to" when value.ValueKind == JsonValueKind.String:
                read = read with { To = value.GetString()! };
                return null;
            case "keys" when value.ValueKind == JsonValueKind.Array:
                return TryTakeKeys(value, ref read);
            case "key_file" when value.ValueKind == JsonValueKind.String:
                read = read with { KeyFile = value.GetString() };
                return null;
            case "metadump" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                read = read with { IsMetadump = value.GetBoolean() };
                return null;
            case "prefix" when value.ValueKind == JsonValueKind.String:
                read = read with { Prefix = value.GetString()! };
                return null;
            case "matcher" when value.ValueKind == JsonValueKind.String:
                return TryTakeMatcher(value.GetString()!, ref read);
            case "rate" when value.ValueKind == JsonValueKind.Number:
                read = read with { Rate = value.GetDouble() };
                return null;
            case "concurrency" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var concurrency):
                read = read with { Concurrency = concurrency };
                return null;
            case "overwrite" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                read = read with { Overwrites = value.GetBoolean() };
                return null;
            default:
                return $"\"{member.Name}\": expected from, to, keys, key_file, metadump, prefix, matcher, rate, "
                    + "concurrency or overwrite, each with a value of its type";
        }
    }

    private static string? TryTakeKeys(JsonElement value, ref WarmingRequest read)
    {
        if (value.GetArrayLength() > MaxKeys)
        {
            return $"\"keys\": expected at most {MaxKeys}, found {value.GetArrayLength()}";
        }

        if (value.EnumerateArray().Any(static key => key.ValueKind != JsonValueKind.String))
        {
            return "\"keys\": expected strings";
        }

        read = read with { Keys = [.. value.EnumerateArray().Select(static key => key.GetString()!)] };
        return null;
    }

    private static string? TryTakeMatcher(string text, ref WarmingRequest read)
    {
        if (!RoutePattern.TryParse(text, out var matcher, out var error))
        {
            return $"\"matcher\": {error}";
        }

        read = read with { Matcher = matcher };
        return null;
    }

    private string? FindFault()
    {
        var sources = (Keys is null ? 0 : 1) + (KeyFile is null ? 0 : 1) + (IsMetadump ? 1 : 0);
        return From.Length == 0 || To.Length == 0 ? "expected \"from\" and \"to\", each the name of a backend"
            : From == To ? "\"to\": expected another backend than \"from\""
            : sources != 1 ? "expected one of \"keys\", \"key_file\" and \"metadump\""
            : Concurrency is < 1 or > MaxConcurrency ? $"\"concurrency\": expected 1 to {MaxConcurrency}"
            : Rate is not (>= 0 and <= 10_000_000) ? "\"rate\": expected keys in a second, 0 for no limit"
            : null;
    }
}
