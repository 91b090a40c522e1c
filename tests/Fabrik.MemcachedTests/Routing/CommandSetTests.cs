using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

public sealed class CommandSetTests
{
    [Fact]
    public void TryParse_OfNames_HasThoseCommandsOnly()
    {
        Assert.True(CommandSet.TryParse(["get", "ms"], out var set, out _));

        Assert.Equal([Verb.Get, Verb.MetaSet], Enum.GetValues<Verb>().Where(set.Contains));
    }

    [Fact]
    public void TryParse_OfNothing_HasAll()
    {
        Assert.True(CommandSet.TryParse([], out var set, out _));

        Assert.All(Enum.GetValues<Verb>(), verb => Assert.True(set.Contains(verb)));
    }

    [Fact]
    public void TryParse_OfGroups_HasTheirCommands()
    {
        Assert.True(CommandSet.TryParse(["arithmetic", "read"], out var set, out _));

        Assert.True(set.Contains(Verb.MetaArithmetic));
        Assert.True(set.Contains(Verb.Gats));
        Assert.False(set.Contains(Verb.Set));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("fetch")]
    public void TryParse_OfAnythingElse_NamesIt(string name)
    {
        Assert.False(CommandSet.TryParse(["get", name], out _, out var unknown));

        Assert.Equal(name, unknown);
    }

    [Fact]
    public void TryParse_OfEachName_IsAccepted() =>
        Assert.All(CommandSet.Names, static name => Assert.True(CommandSet.TryParse([name], out _, out _)));
}
