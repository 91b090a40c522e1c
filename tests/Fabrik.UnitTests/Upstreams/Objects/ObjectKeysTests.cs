using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Objects;

/// <summary>docs/formats/object.md, "Key".</summary>
public sealed class ObjectKeysTests
{
    private const string Digits = "0cb41d62bd0d3ef5a8cf0b09c0d6b5e1b5c3a8d5b1b5b5e1f1a1b1c1d1e1f101";

    [Theory]
    [InlineData("", "default")]
    [InlineData("acme", "acme")]
    [InlineData("Acme-1_x.y", "Acme-1_x.y")]
    [InlineData("..", "%2E.")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("../x", "%2E.%2Fx")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("~tilde", "%7Etilde")]
    [InlineData("é", "%C3%A9")]
    [InlineData("{customer_id}", "%7Bcustomer_id%7D")]
    public void Expand_OfATenant_IsSafe(string tenant, string expected) =>
        Assert.Equal($"x/{expected}/y/", ObjectKeys.Expand("x/{customer_id}/y/", tenant));

    [Fact]
    public void Expand_OfALongTenant_IsItsHash()
    {
        Assert.Equal(new string('t', 200), ObjectKeys.Expand("{customer_id}", new string('t', 200)));
        Assert.Equal(
            "~6d3fb8f95112e2155d10d5f2fcb1d249e15f03e3bd9f4bcfa5d8a33a25b43ae2".Length,
            ObjectKeys.Expand("{customer_id}", new string('t', 201)).Length);
        Assert.StartsWith("~", ObjectKeys.Expand("{customer_id}", new string('/', 67)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnId_IsShardedByItsFirstDigits()
    {
        Assert.True(Fabrik.Cache.Artifacts.ArtifactId.TryParse(Digits, out var id));
        Assert.Equal($"p/0c/{Digits}", ObjectKeys.Of("p/", id));
        Assert.True(ObjectKeys.TryParse("p/", $"p/0c/{Digits}", out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p/")]
    [InlineData("p/0c/0cb4")]
    [InlineData($"p/0d/{Digits}")]
    [InlineData($"q/0c/{Digits}")]
    [InlineData($"p/0c/{Digits}0")]
    [InlineData($"p/0c-{Digits}")]
    public void TryParse_OfAnotherKey_IsFalse(string key) => Assert.False(ObjectKeys.TryParse("p/", key, out _));

    [Fact]
    public void TryParse_OfUpperCaseDigits_IsFalse() =>
        Assert.False(ObjectKeys.TryParse("p/", $"p/0C/{Digits.ToUpperInvariant()}", out _));
}
