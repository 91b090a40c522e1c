using System.Text;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Routing;

/// <summary>
/// A flag of meta commands by which a client says to the proxy where it wants to go: <c>P</c> or <c>L</c>, and what
/// stands behind the letter. Servers ignore it.
/// </summary>
internal static class RouteHint
{
    /// <summary>Bytes that may stand behind the letter.</summary>
    public const int MaxLength = 32;

    /// <summary>Whether a flag may be one.</summary>
    public static bool IsOne(byte flag) => flag is (byte)'P' or (byte)'L';

    /// <summary>Reads it from configuration.</summary>
    /// <param name="text">The flag as it stands in a command.</param>
    /// <param name="hint">Its bytes; null where it is none.</param>
    /// <param name="error">What is wrong; null where nothing is.</param>
    public static bool TryParse(string text, out byte[]? hint, out string? error)
    {
        hint = null;
        error = null;
        if (text.Length == 0 || !IsOne((byte)Math.Min(text[0], (char)127)))
        {
            error = "it does not begin with P or L";
        }
        else if (text.Length - 1 is 0 or > MaxLength)
        {
            error = $"behind the letter there are {text.Length - 1} characters, not 1 to {MaxLength}";
        }
        else if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') is >= 0 and var place)
        {
            error = $"the character at position {place + 1} is a blank or not ASCII";
        }
        else
        {
            hint = Encoding.ASCII.GetBytes(text);
        }

        return hint is not null;
    }

    /// <summary>What is wrong with the hints of routes.</summary>
    public static IEnumerable<RouteError> Check(IEnumerable<RouteOptions> routes)
    {
        var hints = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in routes.Where(static route => route.Hint is not null))
        {
            if (!TryParse(route.Hint!, out _, out var error))
            {
                yield return new RouteError(route.Name, $"the hint '{route.Hint}' is wrong: {error}");
            }

            if (FindWithout(route.Commands) is { } command)
            {
                yield return new RouteError(route.Name, $"'{command}' carries no hint");
            }

            if (hints.Add(route.Hint!) && hints.Count > HintTable.MaxHints)
            {
                yield return new RouteError(route.Name, $"it has one of more than {HintTable.MaxHints} hints");
            }
        }
    }

    /// <summary>The first of some commands that carries no hint; null where all of them may.</summary>
    /// <param name="commands">Some of <see cref="CommandSet.Names"/>.</param>
    public static string? FindWithout(IEnumerable<string> commands) => commands.FirstOrDefault(static name =>
        CommandSet.TryParse([name], out var set, out _) && (set.Bits & CommandSet.WithHints.Bits) == 0);
}
