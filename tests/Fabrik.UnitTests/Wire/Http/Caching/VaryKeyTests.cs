using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class VaryKeyTests
{
    [Theory]
    [InlineData("Foo", "Foo: 1", "foo: 1", true)]
    [InlineData("Foo", "Foo: 1", "Foo: 2", false)]
    [InlineData("Foo", "Foo: 1", "", false)]
    [InlineData("Foo", "", "Foo: 1", false)]
    [InlineData("Foo", "", "", true)]
    [InlineData("Foo", "", "Foo: ", false)]
    [InlineData("Foo", "Foo: 1|Other: 2", "Foo: 1|Other: 3", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: 2", "Bar: 2|Foo: 1", true)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: 2", "Bar: 3|Foo: 1", false)]
    [InlineData("Foo, Bar", "Foo: 1|Bar: 2", "Bar: 1|Foo: 2", false)]
    [InlineData("Foo", "Foo: 1, 2", "Foo: 1|Foo: 2", true)]
    [InlineData("Foo", "Foo: 1,2", "Foo: 1 ,  2", true)]
    [InlineData("Foo", "Foo: 1,2", "Foo: 2,1", false)]
    [InlineData("Foo", "Foo: a", "Foo: A", false)]
    [InlineData("Foo", "Foo: \"a,b\"", "Foo: \"a, b\"", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: dE , eN", true)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=0.5", "Accept-Language: de; q=0.5, en", true)]
    [InlineData("Accept-Language", "Accept-Language: en, de;q=0.5", "Accept-Language: de, en;q=0.5", false)]
    [InlineData("accept-encoding", "Accept-Encoding: gzip, br", "Accept-Encoding: br,GZIP", true)]
    [InlineData("Accept", "Accept: a/b, c/d", "Accept: c/d, a/b", true)]
    public void Request_SelectsTheResponse_ByTheFieldsThatItNames(string vary, string one, string other, bool expected)
    {
        var key = VaryKey.Of(Fields("Vary: " + vary), Lines(one));

        Assert.Equal(expected, key.Matches(Lines(other)));
        Assert.Equal(expected, VaryKey.Of(key.Fields).Matches(Lines(other)));
        Assert.Equal(expected, key.IsSameAs(VaryKey.Of(Fields("Vary: " + vary), Lines(other))));
    }

    [Fact]
    public void Names_OfAllLines_CountOnce_InAnyOrder()
    {
        var one = VaryKey.Of(Fields("Vary: Foo", "Vary: bar,, FOO"), Fields("Foo: 1"));
        var other = VaryKey.Of(Fields("Vary: BAR, foo"), Fields("Foo: 1"));

        Assert.Equal(2, one.Fields.Count);
        Assert.True(one.IsSameAs(other));
        Assert.True(one.HasFieldsOf(other));
        Assert.False(one.HasFieldsOf(VaryKey.Always));
    }

    [Fact]
    public void Names_BeyondTheLimit_AreTakenForAny()
    {
        var names = string.Join(',', Enumerable.Range(0, VaryKey.MaxFields + 1).Select(i => $"f{i}"));

        Assert.True(VaryKey.NamesAny(Fields("Vary: " + names)));
        Assert.False(VaryKey.NamesAny(Fields("Vary: " + names[..names.LastIndexOf(',')])));
    }

    [Theory]
    [InlineData("fr;q=0.5, de;q=1.0", true)]
    [InlineData("DE, fr;q=0.9", true)]
    [InlineData("fr, de;q=0.9", false)]
    [InlineData("fr, de", false)]
    [InlineData("*", false)]
    [InlineData("de;q=2", false)]
    public void Language_ThatIsLikedBest_SelectsTheResponseInIt(string accepted, bool expected)
    {
        StoredResponse[] stored =
        [
            StoredFor(["Accept-Language: en, de"], "Vary: Accept-Language", "Content-Language: de", "Expires: 0"),
        ];

        Assert.Equal(expected ? 0 : -1, Variants.Select(stored, Fields("Accept-Language: " + accepted)));
    }

    [Fact]
    public void Language_DoesNotMakeUpForAnotherField()
    {
        StoredResponse[] stored =
        [
            StoredFor(["Accept-Language: en", "Foo: 1"], "Vary: Accept-Language, Foo", "Content-Language: de"),
        ];

        Assert.Equal(-1, Variants.Select(stored, Fields("Accept-Language: de", "Foo: 2")));
        Assert.Equal(0, Variants.Select(stored, Fields("Accept-Language: de", "Foo: 1")));
    }

    [Fact]
    public void Variants_OfOneTarget_AreTriedForTheLatest()
    {
        StoredResponse[] stored =
        [
            StoredFor(["Foo: 1"], "Vary: Foo", "Date: " + DateAt(-20)),
            StoredFor(["Foo: 1", "Bar: 1"], "Vary: Bar", "Date: " + DateAt(-10)),
            StoredFor(["Foo: 2"], "Vary: Foo", "Date: " + DateAt(0)),
        ];

        Assert.Equal(1, Variants.Select(stored, Fields("Foo: 1", "Bar: 1")));
        Assert.Equal(0, Variants.Select(stored, Fields("Foo: 1")));
        Assert.Equal(2, Variants.Select(stored, Fields("Foo: 2")));
        Assert.Equal(-1, Variants.Select(stored, Fields("Foo: 3")));
        Assert.Equal(-1, Variants.Select([], Fields("Foo: 3")));
    }

    private static Fabrik.Wire.Http.HeaderField[] Lines(string lines) =>
        lines.Length == 0 ? [] : Fields(lines.Split('|'));
}
