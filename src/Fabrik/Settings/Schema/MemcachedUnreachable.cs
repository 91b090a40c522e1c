using System.Text;
using Fabrik.Memcached.Routing;

namespace Fabrik.Settings.Schema;

/// <summary>Finds routes that no request comes to: those before them take all of their keys and commands.</summary>
internal static class MemcachedUnreachable
{
    /// <summary>An error for each of them.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        // By the text of the matcher, and of prefixes by the prefix too.
        Dictionary<string, List<Taker>> byMatcher = new(StringComparer.Ordinal);
        Dictionary<string, List<Taker>> byPrefix = new(StringComparer.Ordinal);
        foreach (EffectiveSettings route in settings.Items(MemcachedProxySettings.Routes))
        {
            string matcher = route.Get(MemcachedRouteSettings.Matcher);
            if (!RoutePattern.TryParse(matcher, out RoutePattern? pattern, out _)
                || !CommandSet.TryParse(route.Get(MemcachedRouteSettings.Commands), out CommandSet commands, out _))
            {
                continue;
            }

            string hint = route.Get(MemcachedRouteSettings.Hint);
            ulong taken = hint.Length > 0 ? commands.Bits & CommandSet.WithHints.Bits : commands.Bits;
            if (taken == 0)
            {
                // What is wrong with it is told elsewhere.
                continue;
            }

            string prefix = Encoding.Latin1.GetString(pattern!.Prefix);
            Taker[] takers =
            [
                .. Beginnings(prefix).SelectMany(each => Of(byPrefix, each)).Union(Of(byMatcher, matcher))
                    .Where(taker => taker.Hint.Length == 0 || taker.Hint == hint),
            ];
            if ((taken & ~takers.Aggregate(0UL, (bits, taker) => bits | taker.Commands)) == 0)
            {
                string names = string.Join(" and ", takers.Select(taker => $"\"{taker.Route}\""));
                yield return route.Error(
                    MemcachedRouteSettings.Matcher,
                    $"expected requests that do not all go to {names} before it, found \"{matcher}\"");
                continue;
            }

            Add(byMatcher, matcher, new Taker(route.Name, hint, taken));
            if (pattern.Kind == PatternKind.Prefix)
            {
                Add(byPrefix, prefix, new Taker(route.Name, hint, taken));
            }
        }
    }

    private static IEnumerable<string> Beginnings(string prefix) =>
        Enumerable.Range(0, prefix.Length + 1).Select(length => prefix[..length]);

    private static List<Taker> Of(Dictionary<string, List<Taker>> takers, string key) =>
        takers.TryGetValue(key, out List<Taker>? found) ? found : [];

    private static void Add(Dictionary<string, List<Taker>> takers, string key, Taker taker)
    {
        if (!takers.TryAdd(key, [taker]))
        {
            takers[key].Add(taker);
        }
    }

    /// <summary>A route before; one with a hint takes nothing from those without.</summary>
    private readonly record struct Taker(string Route, string Hint, ulong Commands);
}
