using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

/// <summary>Which routes a meta command takes by its flags P and L.</summary>
public sealed class RouteHintTests
{
    private static readonly RouteOptions[] Routes =
    [
        Route("admin", "admin:*", null),
        Route("eu", "*", "Peu"),
        Route("us-writes", "*", "Pus", "ms", "md"),
        Route("near", "user:*", "Lnear"),
        Route("rest", "*", null),
        Route("late", "*", "Plate"),
    ];

    [Theory]
    [InlineData("mg user:1 v\r\n", "rest")]
    [InlineData("mg user:1 v Peu\r\n", "eu")]
    [InlineData("mg user:1 Peu v\r\n", "eu")]
    [InlineData("md user:1 Peu\n", "eu")]
    [InlineData("ma user:1 q Peu k\r\n", "eu")]
    [InlineData("me user:1 Peu\r\n", "eu")]
    [InlineData("ms user:1 2 Peu\r\nab\r\n", "eu")]
    [InlineData("mg dXNlcjox b Lnear\r\n", "near")]
    [InlineData("mg user:1 Lnear\r\n", "near")]
    [InlineData("mg group:1 Lnear\r\n", "rest")]
    [InlineData("mg user:1 Leu\r\n", "rest")]
    [InlineData("mg user:1 OPeu\r\n", "rest")]
    [InlineData("mg user:1 P\r\n", "rest")]
    [InlineData("mg user:1 Pe\r\n", "rest")]
    [InlineData("mg user:1 Peur\r\n", "rest")]
    [InlineData("mg user:1 peu\r\n", "rest")]
    [InlineData("mg Peu v\r\n", "rest")]
    [InlineData("get user:1\r\n", "rest")]
    [InlineData("mn\r\n", "rest")]
    [InlineData("ms user:1 2 Pus\r\nab\r\n", "us-writes")]
    [InlineData("mg user:1 Pus\r\n", "rest")]
    public void Find_OfAFlag_IsTheFirstRouteThatFits(string command, string route) =>
        Assert.Equal(route, Find(Create(Routes), command));

    [Fact]
    public void Find_OfARouteWithoutHintBeforeOneWithIt_IsTheFirstOfThem()
    {
        var table = Create(Routes);

        Assert.Equal("admin", Find(table, "mg admin:1 Peu\r\n"));
        Assert.Equal("rest", Find(table, "mg user:1 Plate\r\n"));
    }

    [Theory]
    [InlineData("mg user:1 Lnear Peu\r\n", "near")]
    [InlineData("mg user:1 Peu Lnear\r\n", "eu")]
    [InlineData("mg user:1 Lunknown Peu\r\n", "eu")]
    [InlineData("mg group:1 Lnear Peu\r\n", "rest")]
    public void Find_OfTwoFlags_TakesTheFirstThatARouteNames(string command, string route) =>
        Assert.Equal(route, Find(Create(Routes), command));

    [Fact]
    public void Find_WhereAllRoutesHaveHints_IsNoneWithoutThem()
    {
        var table = Create([Route("eu", "*", "Peu")]);

        Assert.Equal(0, table.Find(Verb.MetaGet, "user:1"u8, "Peu"u8));
        Assert.Equal(-1, table.Find(Verb.MetaGet, "user:1"u8, "Pus"u8));
        Assert.Equal(-1, table.Find(Verb.MetaGet, "user:1"u8));
    }

    [Fact]
    public void Find_WithAHintByItself_IsThatOfACommandThatHasIt()
    {
        var table = Create(Routes);

        Assert.Equal(1, table.Find(Verb.MetaGet, "user:1"u8, "Peu"u8));
        Assert.Equal(4, table.Find(Verb.MetaGet, "user:1"u8, "Pxx"u8));
        Assert.Equal(4, table.Find(Verb.Get, "user:1"u8, "Peu"u8));
    }

    [Fact]
    public void Find_AmongManyHints_AllocatesNothing()
    {
        var table = Create(
        [
            .. Enumerable.Range(0, HintTable.MaxHints).Select(static i => Route($"{i}", "/user/", $"P{i}")),
            Route("rest", "*", null),
        ]);
        var last = Encoding.ASCII.GetBytes($"mg user:1 v k Lnone P{HintTable.MaxHints - 1}\r\n");
        var command = Read(last);
        Assert.Equal(HintTable.MaxHints - 1, table.Find(command.Verb, "user:1"u8, new MetaFlags(last, in command)));

        // What runs for the first time may allocate once: caches of matching, code that is compiled anew.
        var least = long.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            table.Find(command.Verb, "user:1"u8, new MetaFlags(last, in command));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData("", "it does not begin with P or L")]
    [InlineData("Oeu", "it does not begin with P or L")]
    [InlineData("\u0150eu", "it does not begin with P or L")]
    [InlineData("P", "behind the letter there are 0 characters, not 1 to 32")]
    [InlineData("P123456789012345678901234567890123", "behind the letter there are 33 characters, not 1 to 32")]
    [InlineData("Pe u", "the character at position 3 is a blank or not ASCII")]
    [InlineData("Pé", "the character at position 2 is a blank or not ASCII")]
    [InlineData("L~!\u007f", "the character at position 4 is a blank or not ASCII")]
    public void TryParse_OfWhatIsNoHint_SaysWhy(string text, string expected)
    {
        Assert.False(RouteHint.TryParse(text, out var hint, out var error));
        Assert.Equal((null, expected), (hint, error));
    }

    [Theory]
    [InlineData("Peu")]
    [InlineData("L1")]
    [InlineData("P12345678901234567890123456789012")]
    public void TryParse_OfAHint_IsItsBytes(string text)
    {
        Assert.True(RouteHint.TryParse(text, out var hint, out var error), error);
        Assert.Equal(text, Encoding.ASCII.GetString(hint!));
    }

    [Fact]
    public void TryCreate_OfWrongHints_NamesEachOfThem()
    {
        Assert.False(RouteTable.TryCreate(
            [Route("one", "*", "eu"), Route("two", "*", "Peu"), Route("three", "*", "Peu", "mg", "read", "get")],
            out _, out var errors));

        Assert.Equal(
            ["one: the hint 'eu' is wrong: it does not begin with P or L", "three: 'get' carries no hint"],
            errors.Select(static error => $"{error.Route}: {error.Message}"),
            StringComparer.Ordinal);
    }

    [Fact]
    public void TryCreate_OfMoreHintsThanThereMayBe_NamesWhatIsTooMuch()
    {
        var routes = Enumerable.Range(0, HintTable.MaxHints + 1).Select(static i => Route($"r{i}", "*", $"P{i}"));

        Assert.False(RouteTable.TryCreate([.. routes, Route("again", "*", "P0")], out _, out var errors));

        Assert.Equal(("r64", "it has one of more than 64 hints"), (errors.Single().Route, errors.Single().Message));
    }

    private static RouteOptions Route(string name, string matcher, string? hint, params string[] commands) =>
        new() { Name = name, Backend = "b", Matcher = matcher, Hint = hint, Commands = commands };

    private static RouteTable Create(RouteOptions[] routes)
    {
        Assert.True(RouteTable.TryCreate(routes, out var table, out var errors), string.Join(", ", errors));
        return table!;
    }

    private static Command Read(byte[] message)
    {
        var status = CommandReader.TryRead(
            message, MemcachedProtocol.Text, ReaderLimits.Default, out var command, out var fault);
        Assert.True(status == ReadStatus.Read, $"{fault.Kind}");
        return command;
    }

    private static string Find(RouteTable table, string text)
    {
        var message = Encoding.ASCII.GetBytes(text);
        var command = Read(message);
        var key = message.AsSpan(command.KeyOffset, command.KeyLength);
        Span<byte> decoded = new byte[ReaderLimits.MaxKeyLength];
        var length = command.HasEncodedKey ? MetaKey.Decode(key, decoded) : 0;
        var index = table.Find(
            command.Verb, length > 0 ? decoded[..length] : key, new MetaFlags(message, in command));
        return index < 0 ? "" : Routes[index].Name;
    }
}
