using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class ConditionalAnswerTests
{
    private static readonly string Date = "Date: " + DateAt(0);
    private static readonly string Changed = "Last-Modified: " + DateAt(-50);

    [Theory]
    [InlineData("\"a\"", "\"a\"", ConditionOutcome.NotModified)]
    [InlineData("\"a\"", "W/\"a\"", ConditionOutcome.NotModified)]
    [InlineData("W/\"a\"", "W/\"a\"", ConditionOutcome.NotModified)]
    [InlineData("W/\"a\"", "\"x\", \"a\"", ConditionOutcome.NotModified)]
    [InlineData("\"a\"", "*", ConditionOutcome.NotModified)]
    [InlineData("\"a\"", "\"b\"", ConditionOutcome.Proceed)]
    [InlineData("a", "\"a\"", ConditionOutcome.Proceed)]
    public void Tags_AreComparedWeakly(string tag, string noneMatch, ConditionOutcome expected) => Assert.Equal(
        expected,
        ConditionalAnswer.Evaluate(
            Fields("If-None-Match: " + noneMatch, "If-Modified-Since: " + DateAt(-100)),
            Stored("ETag: " + tag, Date, Changed)));

    [Fact]
    public void Tag_ThatDiffers_CountsMoreThanTheDate() => Assert.Equal(
        ConditionOutcome.Proceed,
        ConditionalAnswer.Evaluate(
            Fields("If-None-Match: \"b\"", "If-Modified-Since: " + DateAt(0)), Stored("ETag: \"a\"", Date, Changed)));

    [Theory]
    [InlineData(-51, ConditionOutcome.Proceed)]
    [InlineData(-50, ConditionOutcome.NotModified)]
    [InlineData(-40, ConditionOutcome.NotModified)]
    public void Date_OfTheLastChange_IsCompared(int since, ConditionOutcome expected) => Assert.Equal(
        expected,
        ConditionalAnswer.Evaluate(Fields("If-Modified-Since: " + DateAt(since)), Stored(Date, Changed)));

    [Fact]
    public void Date_OfTheResponse_StandsIn()
    {
        Assert.Equal(
            ConditionOutcome.NotModified,
            ConditionalAnswer.Evaluate(Fields("If-Modified-Since: " + DateAt(0)), Stored(Date)));
        Assert.Equal(
            ConditionOutcome.Proceed,
            ConditionalAnswer.Evaluate(Fields("If-Modified-Since: " + DateAt(-1)), Stored(Date)));
    }

    [Fact]
    public void Conditions_OnAnErrorPage_DoNotCount() => Assert.Equal(
        ConditionOutcome.Proceed,
        ConditionalAnswer.Evaluate(
            Fields("If-None-Match: \"a\""),
            StoredResponse.Of(Get("ETag: \"a\"") with { Status = 404 }, CachingOptions.Default)));

    [Fact]
    public void Conditions_ForTheOrigin_AreTold()
    {
        Assert.True(ConditionalAnswer.IsForTheOrigin(Fields("If-Match: \"a\"")));
        Assert.True(ConditionalAnswer.IsForTheOrigin(Fields("If-Unmodified-Since: x")));
        Assert.False(ConditionalAnswer.IsForTheOrigin(Fields("If-None-Match: \"a\"")));
    }

    [Theory]
    [InlineData("\"a\"", "\"a\"", true)]
    [InlineData("\"a\"", "\"b\"", false)]
    [InlineData("W/\"a\"", "W/\"a\"", false)]
    [InlineData("\"a\"", "odd", false)]
    public void IfRange_ByTag_HasToBeStrong(string tag, string condition, bool expected) => Assert.Equal(
        expected,
        ConditionalAnswer.RangeHolds(Fields("If-Range: " + condition), Stored("ETag: " + tag, Date, Changed)));

    [Fact]
    public void IfRange_ByDate_HasToBeExact_AndOlderThanTheResponse()
    {
        Assert.True(ConditionalAnswer.RangeHolds(Fields("If-Range: " + DateAt(-50)), Stored(Date, Changed)));
        Assert.False(ConditionalAnswer.RangeHolds(Fields("If-Range: " + DateAt(-49)), Stored(Date, Changed)));
        Assert.False(ConditionalAnswer.RangeHolds(
            Fields("If-Range: " + DateAt(0)), Stored(Date, "Last-Modified: " + DateAt(0))));
        Assert.True(ConditionalAnswer.RangeHolds([], Stored()));
    }

    [Fact]
    public void NotModified_LeavesOutWhatDescribesTheContent() => Assert.Equal(
        ["Date", "ETag", "Vary", "Cache-Control", "Expires", "Content-Location", "X"],
        ConditionalAnswer.NotModifiedHeaders(Stored(
                Date, "ETag: \"a\"", "Vary: Foo", "Cache-Control: max-age=1", "Expires: x", "Content-Location: /x",
                "X: y", "Content-Length: 3", "Content-Type: a/b", "Age: 3", Changed))
            .Select(field => field.Name),
        StringComparer.Ordinal);
}
