using Fabrik.Wire.Bazel;
using Xunit;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class InstanceNameTests
{
    [Theory]
    [InlineData("")]
    [InlineData("main")]
    [InlineData("projects/a/instances/default_instance")]
    [InlineData("Blobs/blob/upload s/…")]
    [InlineData("😀")]
    public void IsValid_NameOfSegments_IsTaken(string name)
    {
        Assert.True(InstanceName.IsValid(name, out var error), error);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("/", "empty segment")]
    [InlineData("/a", "empty segment")]
    [InlineData("a/", "empty segment")]
    [InlineData("a//b", "empty segment")]
    [InlineData(".", "the segment \".\"")]
    [InlineData("a/../b", "the segment \"..\"")]
    [InlineData("blobs", "the segment \"blobs\"")]
    [InlineData("a/uploads", "the segment \"uploads\"")]
    [InlineData("actions/a", "the segment \"actions\"")]
    [InlineData("a/actionResults/b", "the segment \"actionResults\"")]
    [InlineData("operations", "the segment \"operations\"")]
    [InlineData("capabilities", "the segment \"capabilities\"")]
    [InlineData("compressed-blobs", "the segment \"compressed-blobs\"")]
    [InlineData("a\nb", "U+000A")]
    [InlineData("a\u0085", "U+0085")]
    public void IsValid_NameThatTheApiOrAPathCannotHold_IsRefusedWithTheReason(string name, string reason)
    {
        Assert.False(InstanceName.IsValid(name, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void IsValid_HalfAPairOfSurrogates_IsRefused()
    {
        Assert.False(InstanceName.IsValid("a\ud83d", out var error));
        Assert.Contains("U+FFFD", error, StringComparison.Ordinal);
    }

    [Fact]
    public void IsValid_LongName_IsTakenUpToTheLimit()
    {
        Assert.True(InstanceName.IsValid(new string('a', InstanceName.MaxLength), out _));
        Assert.False(InstanceName.IsValid(new string('a', InstanceName.MaxLength + 1), out var error));
        Assert.Equal("the instance name has 257 characters: expected 256 at most", error);
    }
}
