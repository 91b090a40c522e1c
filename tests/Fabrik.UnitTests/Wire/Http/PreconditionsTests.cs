using Fabrik.Wire.Http;
using Xunit;

namespace Fabrik.UnitTests.Wire.Http;

public sealed class PreconditionsTests
{
    private const string Tag = "\"a\"";
    private const string Before = "Sun, 06 Nov 1994 08:49:36 GMT";
    private const string Same = "Sun, 06 Nov 1994 08:49:37 GMT";

    /// <summary>Half a second that no header can say.</summary>
    private static readonly DateTimeOffset Modified = new(1994, 11, 6, 8, 49, 37, 500, TimeSpan.Zero);

    [Theory]
    [InlineData("", "", ConditionOutcome.Proceed)]
    [InlineData(Tag, "", ConditionOutcome.Proceed)]
    [InlineData("*", "", ConditionOutcome.Proceed)]
    [InlineData("W/\"a\"", "", ConditionOutcome.Failed)]
    [InlineData("\"b\"", "", ConditionOutcome.Failed)]
    [InlineData("", Tag, ConditionOutcome.NotModified)]
    [InlineData("", "W/\"a\"", ConditionOutcome.NotModified)]
    [InlineData("", "\"b\"", ConditionOutcome.Proceed)]
    [InlineData("\"b\"", Tag, ConditionOutcome.Failed)]
    public void Read_ByTags_FollowsTheOrderOfTheRfc(string match, string noneMatch, ConditionOutcome expected)
    {
        var conditions = new Preconditions { IfMatch = match, IfNoneMatch = noneMatch };

        Assert.Equal(expected, conditions.EvaluateRead(Tag, Modified));
    }

    [Theory]
    [InlineData(Same, "", ConditionOutcome.NotModified)]
    [InlineData(Before, "", ConditionOutcome.Proceed)]
    [InlineData("no date", "", ConditionOutcome.Proceed)]
    [InlineData("", Same, ConditionOutcome.Proceed)]
    [InlineData("", Before, ConditionOutcome.Failed)]
    public void Read_ByDates_ComparesSeconds(string since, string unmodified, ConditionOutcome expected)
    {
        var conditions = new Preconditions { IfModifiedSince = since, IfUnmodifiedSince = unmodified };

        Assert.Equal(expected, conditions.EvaluateRead(Tag, Modified));
    }

    [Fact]
    public void Tags_BesideDates_AreWhatCounts()
    {
        var read = new Preconditions { IfNoneMatch = "\"b\"", IfModifiedSince = Same };
        var match = new Preconditions { IfMatch = Tag, IfUnmodifiedSince = Before };

        Assert.Equal(ConditionOutcome.Proceed, read.EvaluateRead(Tag, Modified));
        Assert.Equal(ConditionOutcome.Proceed, match.EvaluateRead(Tag, Modified));
    }

    [Theory]
    [InlineData("", "", "", ConditionOutcome.Proceed)]
    [InlineData("*", "", "", ConditionOutcome.Failed)]
    [InlineData("*", "", Tag, ConditionOutcome.Proceed)]
    [InlineData(Tag, "", Tag, ConditionOutcome.Proceed)]
    [InlineData("\"b\"", "", Tag, ConditionOutcome.Failed)]
    [InlineData("", "*", "", ConditionOutcome.Proceed)]
    [InlineData("", "*", Tag, ConditionOutcome.Failed)]
    [InlineData("", "\"b\"", Tag, ConditionOutcome.Proceed)]
    public void Write_DependsOnWhatIsThere(string match, string noneMatch, string current, ConditionOutcome expected)
    {
        var conditions = new Preconditions { IfMatch = match, IfNoneMatch = noneMatch };

        Assert.Equal(expected, conditions.EvaluateWrite(current));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(Tag, true)]
    [InlineData("W/\"a\"", false)]
    [InlineData("\"b\"", false)]
    [InlineData(Same, true)]
    [InlineData(Before, false)]
    public void Range_HoldsForTheVeryRepresentation(string ifRange, bool expected) =>
        Assert.Equal(expected, new Preconditions { IfRange = ifRange }.RangeHolds(Tag, Modified));
}
