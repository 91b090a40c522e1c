using System.Buffers.Text;
using System.Text;
using Fabrik.Upstreams.GitHubActions;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.GitHubActions;

public sealed class RuntimeTokenTests
{
    [Theory]
    [InlineData("""[{"Scope":"refs/heads/main","Permission":3}]""", true, true)]
    [InlineData("""[{"Scope":"refs/pull/1/merge","Permission":3},{"Scope":"main","Permission":1}]""", true, true)]
    [InlineData("""[{"Scope":"refs/heads/main","Permission":1}]""", true, false)]
    [InlineData("""[{"Scope":"refs/heads/main","Permission":2}]""", false, true)]
    [InlineData("[]", false, false)]
    [InlineData("""[{"Scope":"refs/heads/main"},7,{"Permission":"3"}]""", false, false)]
    [InlineData("{}", true, true)]
    public void Rights_FollowFromTheScopes(string access, bool mayRead, bool mayWrite)
    {
        var claims = $$"""{"exp":1900000000,"ac":{{System.Text.Json.JsonSerializer.Serialize(access)}}}""";

        Assert.Equal(
            new RuntimeToken(mayRead, mayWrite, DateTimeOffset.FromUnixTimeSeconds(1_900_000_000)),
            RuntimeToken.Read(Token(claims)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-secret-of-ones-own")]
    [InlineData("a.b.c")]
    [InlineData("a.!.c")]
    public void Token_OfAnotherForm_AllowsAll(string token) =>
        Assert.Equal(new RuntimeToken(true, true, null), RuntimeToken.Read(token));

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"ac":7,"exp":"soon"}""")]
    [InlineData("""{"exp":1e300}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"ac":"["}""")]
    public void Token_WithOtherClaims_AllowsAll(string claims) =>
        Assert.Equal(new RuntimeToken(true, true, null), RuntimeToken.Read(Token(claims)));

    private static string Token(string claims) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
}
