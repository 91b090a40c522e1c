using System.Text;
using System.Text.RegularExpressions;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

/// <summary>
/// The table against going through all routes one by one, with patterns read by a regular expression.
/// </summary>
public sealed class RouteTablePropertyTests
{
    private static readonly string[] Letters = ["a", "b", "ab", ":", "é", "a:", "c"];
    private static readonly string[] Wild = ["*", "?", "[ab]", "[^a]", "[a-c]", "*"];
    private static readonly string[] Regexes = ["a+", "(b|c)", ".", "[^:]", "b*", "c?", "$", "é"];
    private static readonly string[][] Commands = [[], [], ["get"], ["set", "delete"], ["read"]];
    private static readonly Verb[] Verbs = [Verb.Get, Verb.Set, Verb.Delete, Verb.Touch];

    [Fact]
    public void Find_OfRandomRoutes_IsTheFirstThatMatches()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            RouteOptions[] routes = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Route(random))];
            Assert.True(RouteTable.TryCreate(routes, out var table, out var errors), string.Join(", ", errors));
            var naive = routes.Select(static route => (route.Commands, Keys: Translate(route.Matcher))).ToArray();
            for (var i = 0; i < 100; i++)
            {
                var key = Text(random, Letters, random.Next(0, 7));
                var verb = Verbs[random.Next(Verbs.Length)];
                var expected = Array.FindIndex(naive, route => Has(route.Commands, verb) && route.Keys.IsMatch(key));

                var found = table!.Find(verb, Encoding.UTF8.GetBytes(key));

                Assert.True(
                    expected == found,
                    $"seed {seed}: {verb} {key} is {found}, not {expected} of "
                        + string.Join(' ', routes.Select(static route => route.Matcher)));
            }
        }
    }

    private static RouteOptions Route(Random random)
    {
        var matcher = random.Next(5) switch
        {
            0 => Text(random, Letters, random.Next(1, 5)),
            1 => Text(random, Letters, random.Next(0, 4)) + "*",
            2 => "/^" + Text(random, Letters, random.Next(0, 3)) + Text(random, Regexes, random.Next(0, 3)) + "/",
            3 => "/" + Text(random, Regexes, random.Next(1, 3)) + "/",
            _ => Text(random, [.. Letters, .. Wild], random.Next(1, 6)),
        };
        return new RouteOptions
        {
            Name = matcher,
            Backend = "b",
            Matcher = matcher,
            Commands = Commands[random.Next(Commands.Length)],
        };
    }

    private static string Text(Random random, string[] parts, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => parts[random.Next(parts.Length)]));

    private static bool Has(IReadOnlyList<string> commands, Verb verb) => commands.Count == 0 || (verb switch
    {
        Verb.Get => commands[0] is "get" or "read",
        Verb.Set or Verb.Delete => commands[0] == "set",
        _ => false,
    });

    private static Regex Translate(string matcher)
    {
        var text = matcher.Length > 1 && matcher[0] == '/' && matcher[^1] == '/'
            ? matcher[1..^1]
            : @"\A" + matcher.Replace("?", ".", StringComparison.Ordinal).Replace("*", ".*", StringComparison.Ordinal)
                + @"\z";
        return new Regex(text, RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
    }
}
