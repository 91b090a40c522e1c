using Fabrik.Cache.Artifacts;
using Xunit;

namespace Fabrik.UnitTests.Cache.Artifacts;

public sealed class ArtifactKeyTests
{
    [Fact]
    public void ToId_OfAKnownKey_IsFrozen() => Assert.Equal(
        "46bbb5fd44c6dbab957117c1987032bc3e5b32c9f5311f03f478b2965e842b65",
        new ArtifactKey("", "", "gradle", "3db238f1fd436c38f460389498ebaad8").ToId().ToString());

    [Theory]
    [InlineData("a", "", "gradle", "k")]
    [InlineData("", "a", "gradle", "k")]
    [InlineData("", "", "gradle", "ak")]
    [InlineData("", "", "gradlea", "k")]
    public void ToId_PartsMovedAcrossABoundary_Differ(string tenant, string scope, string space, string key) =>
        Assert.NotEqual(
            new ArtifactKey("", "", "gradle", "k").ToId(), new ArtifactKey(tenant, scope, space, key).ToId());

    [Fact]
    public void ToId_KeyLongerThanTheStackBuffer_Works() =>
        Assert.NotEqual(default, new ArtifactKey("", "", "http", new string('x', 4000)).ToId());

    [Theory]
    [InlineData("", "", "bazel-cas", "3db238f1fd436c38f460389498ebaad8")]
    [InlineData("tenant-ä", "refs/heads/main", "bazel-cas", "")]
    [InlineData("t", "s", "n", "kä")]
    public void IdOf_InASpace_IsThatOfTheKey(string tenant, string scope, string space, string key)
    {
        Assert.Equal(
            new ArtifactKey(tenant, scope, space, key).ToId(),
            new ArtifactKeySpace(tenant, scope, space).IdOf(System.Text.Encoding.UTF8.GetBytes(key)));
        Assert.Equal(
            new ArtifactKey(tenant, scope, space, new string('x', 4000)).ToId(),
            new ArtifactKeySpace(tenant, scope, space).IdOf(System.Text.Encoding.UTF8.GetBytes(new string('x', 4000))));
    }
}
