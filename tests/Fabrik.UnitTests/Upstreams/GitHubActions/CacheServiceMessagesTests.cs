using System.Text;
using Fabrik.Upstreams.GitHubActions;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.GitHubActions;

public sealed class CacheServiceMessagesTests
{
    [Fact]
    public void Request_HasTheNamesOfTheProto()
    {
        Assert.Equal(
            """{"key":"k","version":"v"}""",
            Encoding.UTF8.GetString(CacheServiceMessages.Write("k", "v", null).Span));
        Assert.Equal(
            """{"key":"k","version":"v","size_bytes":"9007199254740993"}""",
            Encoding.UTF8.GetString(CacheServiceMessages.Write("k", "v", 9_007_199_254_740_993).Span));
    }

    [Fact]
    public void Answer_OfASuccess_IsRead()
    {
        var answer = Read("""{"ok":true,"signed_download_url":"https://b/?sig=s","matched_key":"k","new":[1]}""");

        Assert.Equal(new CacheServiceAnswer { Ok = true, Url = "https://b/?sig=s", MatchedKey = "k" }, answer);
        Assert.DoesNotContain("sig", answer!.ToString(), StringComparison.Ordinal);
        Assert.Equal("https://u", Read("""{"ok":true,"signed_upload_url":"https://u"}""")?.Url);
        Assert.True(Read("""{"ok":true,"entry_id":"17"}""")?.Ok);
    }

    [Fact]
    public void Answer_OfAnError_IsRead()
    {
        Assert.Equal(
            new CacheServiceAnswer { Code = "already_exists", Message = "m" },
            Read("""{"code":"already_exists","msg":"m"}"""));
        Assert.Equal(new CacheServiceAnswer { Message = "why" }, Read("""{"ok":false,"message":"why"}"""));
        Assert.Equal(new CacheServiceAnswer(), Read("{}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"ok\":tr")]
    [InlineData("\"ok\"")]
    public void Answer_ThatIsNoMessage_IsNone(string text) => Assert.Null(Read(text));

    [Fact]
    public void Answer_WithMembersOfOtherTypes_HasNone() =>
        Assert.Equal(new CacheServiceAnswer(), Read("""{"ok":"true","matched_key":7,"signed_upload_url":null}"""));

    private static CacheServiceAnswer? Read(string text) => CacheServiceMessages.Read(Encoding.UTF8.GetBytes(text));
}
