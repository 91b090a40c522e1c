using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class ValidationTests
{
    private static readonly string Changed = "Last-Modified: " + DateAt(-99);

    [Fact]
    public void Conditions_AreTheValidatorsAsTheyCame()
    {
        Assert.Equal(
            Fields("If-None-Match: W/\"a\"", "If-Modified-Since: " + DateAt(-99)),
            Validation.Conditions([Stored("ETag: W/\"a\"", Changed)], 0));
        Assert.Equal(Fields("If-Modified-Since: " + DateAt(-99)), Validation.Conditions([Stored(Changed)], 0));
        Assert.Empty(Validation.Conditions([Stored("ETag: a", "Last-Modified: odd")], 0));
        Assert.Empty(Validation.Conditions([], -1));
    }

    [Fact]
    public void Conditions_NameTheTagsOfAllVariants()
    {
        StoredResponse[] stored = [Stored("ETag: \"a\"", Changed), Stored("ETag: \"b\""), Stored("ETag: \"b\"")];

        Assert.Equal(
            Fields("If-None-Match: \"b\", \"a\""), Validation.Conditions(stored, 1));
        Assert.Equal(Fields("If-None-Match: \"a\", \"b\""), Validation.Conditions(stored, -1));
    }

    [Fact]
    public void Conditions_OfAResponseWithADateOnly_AreNotMixedWithTagsOfOthers() => Assert.Equal(
        Fields("If-Modified-Since: " + DateAt(-99)),
        Validation.Conditions([Stored(Changed), Stored("ETag: \"b\"")], 0));

    [Fact]
    public void Conditions_HaveNoMoreTagsThanTheLimit()
    {
        var stored = Enumerable.Range(0, 40).Select(i => Stored($"ETag: \"{i}\"")).ToList();

        var tags = Validation.Conditions(stored, 39)[0].Value.Split(", ");

        Assert.Equal(Validation.MaxTags, tags.Length);
        Assert.Equal("\"39\"", tags[0]);
    }

    [Fact]
    public void Conditions_OfTheClient_AreTakenOff() => Assert.Equal(
        Fields("Accept: x"),
        Validation.WithoutConditions(Fields(
            "if-none-match: x", "Accept: x", "If-Range: x", "If-Match: x", "If-Modified-Since: x",
            "If-Unmodified-Since: x")));

    [Theory]
    [InlineData("ETag: \"a\"", 0)]
    [InlineData("ETag: \"b\"", 1)]
    [InlineData("ETag: \"c\"", -1)]
    [InlineData("ETag: W/\"w\"", 2)]
    [InlineData("ETag: \"w\"", -1)]
    [InlineData("ETag: W/\"a\"", 0)]
    [InlineData("X: y", -1)]
    public void NotModified_SpeaksOfTheResponseWithItsTag(string line, int expected)
    {
        StoredResponse[] stored = [Stored("ETag: \"a\""), Stored("ETag: \"b\""), Stored("ETag: W/\"w\"")];

        Assert.Equal(expected, Validation.Confirmed(stored, 0, Fields(line)));
    }

    [Fact]
    public void NotModified_WithoutValidators_MeansTheOneThatWasAskedAbout()
    {
        Assert.Equal(0, Validation.Confirmed([Stored("ETag: \"a\"", Changed)], 0, Fields("X: y")));
        Assert.Equal(0, Validation.Confirmed([Stored(Changed), Stored("ETag: \"b\"")], 0, []));
        Assert.Equal(-1, Validation.Confirmed([Stored("ETag: \"a\"")], -1, []));
    }

    [Fact]
    public void NotModified_ByDate_MeansTheResponseOfThatDate()
    {
        StoredResponse[] stored = [Stored(Changed)];

        Assert.Equal(0, Validation.Confirmed(stored, 0, Fields(Changed)));
        Assert.Equal(-1, Validation.Confirmed(stored, 0, Fields("Last-Modified: " + DateAt(-98))));
    }

    [Fact]
    public void Update_TakesTheNewFields_AndKeepsTheOthers()
    {
        var stored = Stored(
            "Cache-Control: max-age=5", "A: 1", "B: 1", "B: 2", "Content-Length: 36", "Content-Type: a/b",
            "ETag: \"a\"", "Date: " + DateAt(0), "Age: 4");
        var answer = Get(
            "Cache-Control: max-age=60", "b: 3", "Content-Length: 10", "Content-Type: c/d", "Content-Foo: x",
            "Connection: hop", "hop: 1", "ETag: \"a\"", "Date: " + DateAt(9)) with
        {
            Status = 304,
            RequestTime = After(9),
            ResponseTime = After(9),
        };

        var updated = Freshening.Update(stored, answer, CachingOptions.Default);

        Assert.Equal(200, updated.Status);
        Assert.Equal(
            Fields(
                "A: 1", "Content-Length: 36", "Content-Type: a/b", "Cache-Control: max-age=60", "b: 3",
                "Content-Foo: x", "ETag: \"a\"", "Date: " + DateAt(9)),
            updated.Headers);
        Assert.Equal(ReuseKind.Fresh, updated.Reused(68).Kind);
        Assert.Equal(9, updated.Reused(18).AgeSeconds);
    }

    [Fact]
    public void Update_WithoutDate_IsOfNow()
    {
        var stored = Stored("Cache-Control: max-age=5", "ETag: \"a\"", "Date: " + DateAt(0));
        var answer = Get("ETag: \"a\"") with { RequestTime = After(100), ResponseTime = After(100) };

        Assert.Equal(0, Freshening.Update(stored, answer, CachingOptions.Default).Reused(100).AgeSeconds);
    }

    [Theory]
    [InlineData("Cache-Control: no-store", false)]
    [InlineData("Cache-Control: private", false)]
    [InlineData("Vary: *", false)]
    [InlineData("Cache-Control: max-age=9", true)]
    public void Update_TellsWhetherTheResponseMayBeKept(string line, bool expected) => Assert.Equal(
        expected, Freshening.Update(Stored("ETag: \"a\""), Get(line), CachingOptions.Default).MayBeKept);

    [Fact]
    public void Update_KeepsTheSelectingFields_UntilVaryNamesOthers()
    {
        var stored = StoredFor(["Foo: 1", "Bar: 1"], "Vary: Foo", "ETag: \"a\"");
        var same = Get("ETag: \"a\"") with { RequestHeaders = Fields("Foo: 2", "Bar: 2") };
        var other = Get("Vary: Foo, Bar") with { RequestHeaders = Fields("Foo: 2", "Bar: 2") };

        Assert.True(Freshening.Update(stored, same, CachingOptions.Default).Vary.Matches(Fields("Foo: 1")));
        Assert.True(
            Freshening.Update(stored, other, CachingOptions.Default).Vary.Matches(Fields("Foo: 2", "Bar: 2")));
        Assert.True(stored.AsAnswerTo(Fields("Foo: 3"), CachingOptions.Default).Vary.Matches(Fields("Foo: 3")));
    }

    [Theory]
    [InlineData("X: y", 200, HeadOutcome.Update)]
    [InlineData("ETag: \"a\"|Content-Length: 3", 200, HeadOutcome.Update)]
    [InlineData("ETag: \"b\"", 200, HeadOutcome.Invalidate)]
    [InlineData("Content-Length: 4", 200, HeadOutcome.Invalidate)]
    [InlineData("ETag: \"b\"", 410, HeadOutcome.None)]
    public void Head_ConfirmsOrInvalidates(string lines, int status, HeadOutcome expected) => Assert.Equal(
        expected,
        Freshening.JudgeHead(
            Stored("ETag: \"a\"", "Content-Length: 3"),
            Get(lines.Split('|')) with { Method = "HEAD", Status = status }));
}
