using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Routing;

public sealed class VerbNamesTests
{
    [Theory]
    [InlineData("get", Verb.Get)]
    [InlineData("incr", Verb.Increment)]
    [InlineData("mg", Verb.MetaGet)]
    [InlineData("read", null)]
    [InlineData("gett", null)]
    public void Find_NameOfTheTextProtocol_IsOneCommand(string name, Verb? verb) =>
        Assert.Equal(verb, VerbNames.Find(name));

    [Theory]
    [InlineData(Verb.Increment, "incr")]
    [InlineData(Verb.Quit, "quit")]
    public void Of_ACommand_IsItsNameOrItsOwn(Verb verb, string name) => Assert.Equal(name, VerbNames.Of(verb));
}
