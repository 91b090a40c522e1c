using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

public sealed class RouteTableTests
{
    [Fact]
    public void Find_OfSeveralThatMatch_IsTheFirstOfThem()
    {
        var table = Create("user:42", "user:*", "/42/", "*:42", "*");

        Assert.Equal(0, table.Find(Verb.Get, "user:42"u8));
        Assert.Equal(1, table.Find(Verb.Get, "user:43"u8));
        Assert.Equal(2, table.Find(Verb.Get, "group:42"u8));
        Assert.Equal(4, table.Find(Verb.Get, "group:43"u8));
        Assert.Equal(4, table.Find(Verb.Version, ""u8));
    }

    [Fact]
    public void Find_OfAPatternBeforeAPrefix_IsThePattern()
    {
        var table = Create("*:42", "user:*", "/^user:4/");

        Assert.Equal(0, table.Find(Verb.Get, "user:42"u8));
        Assert.Equal(1, table.Find(Verb.Get, "user:4"u8));
        Assert.Equal(-1, table.Find(Verb.Get, "group:43"u8));
    }

    [Fact]
    public void Find_OfAnotherCommand_IsTheNextRoute()
    {
        Assert.True(RouteTable.TryCreate(
            [
                new RouteOptions { Name = "reads", Backend = "b", Matcher = "user:*", Commands = ["get", "mg"] },
                new RouteOptions { Name = "deletes", Backend = "b", Matcher = "user:1", Commands = ["delete"] },
                new RouteOptions { Name = "rest", Backend = "b" },
            ],
            out var table, out _));

        Assert.Equal(0, table!.Find(Verb.Get, "user:1"u8));
        Assert.Equal(1, table.Find(Verb.Delete, "user:1"u8));
        Assert.Equal(2, table.Find(Verb.Delete, "user:2"u8));
    }

    [Fact]
    public void Find_OfAKeyThatARegexTakesTooLongFor_IsTheNextRouteAndIsTold()
    {
        var exceeded = new List<int>();
        Assert.True(RouteTable.TryCreate(
            [
                new RouteOptions { Name = "plain", Backend = "b", Matcher = "/^x/" },
                new RouteOptions { Name = "slow", Backend = "b", Matcher = "/([ab]*a[ab]{300}b|c)*x/" },
                new RouteOptions { Name = "rest", Backend = "b" },
            ],
            out var table, out _,
            index => new RegexLimit(TimeSpan.FromTicks(1), () => exceeded.Add(index))));

        // No two parts of it are alike, so that the expression goes through more states than are kept.
        var random = new Random(1);
        var key = Enumerable.Range(0, 250).Select(_ => random.Next(2) == 0 ? (byte)'a' : (byte)'b').ToArray();

        Assert.Equal(2, table!.Find(Verb.Get, key));
        Assert.Equal([1], exceeded);
    }

    [Fact]
    public void TryCreate_OfWrongRoutes_NamesEachOfThem()
    {
        Assert.False(RouteTable.TryCreate(
            [
                new RouteOptions { Name = "one", Backend = "b", Matcher = "a[" },
                new RouteOptions { Name = "two", Backend = "b" },
                new RouteOptions { Name = "three", Backend = "b", Commands = ["fetch"] },
            ],
            out var table, out var errors));

        Assert.Null(table);
        Assert.Equal("one, three", string.Join(", ", errors.Select(static error => error.Route)));
        Assert.Contains("'fetch'", errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_InManyRoutes_AllocatesNothing()
    {
        var matchers = Enumerable.Range(0, 1000)
            .SelectMany(static i => new[] { $"a:{i}:*:x", $"b:{i}", $"c:{i}:*", $"/^d:{i}:/" });
        var table = Create([.. matchers]);
        byte[][] keys = [.. new[] { "a:7:1:x", "b:999", "c:5:6", "d:77:1", "é:none" }.Select(Encoding.UTF8.GetBytes)];
        var found = keys.Select(key => table.Find(Verb.Get, key)).ToArray();

        // What runs for the first time may allocate once: caches of matching, code that is compiled anew.
        var least = long.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var key in keys)
            {
                table.Find(Verb.Get, key);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal([28, 3997, 22, 311, -1], found);
    }

    private static RouteTable Create(params string[] matchers)
    {
        Assert.True(RouteTable.TryCreate(
            [.. matchers.Select(static text => new RouteOptions { Name = text, Backend = "b", Matcher = text })],
            out var table, out _));
        return table!;
    }
}
