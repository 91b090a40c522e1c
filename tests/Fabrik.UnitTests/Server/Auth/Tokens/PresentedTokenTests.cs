using System.Text;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>Where requests carry their token.</summary>
public sealed class PresentedTokenTests : IAsyncDisposable
{
    private static readonly string Token = Forge.Rs256(Forge.Claims());

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("Bearer   ")]
    public async Task Bearer_AnyCaseAndSpaces_IsRead(string scheme) =>
        Expect.LetIn(await DecideAsync(AuthFixture.Request(scheme + Token)));

    [Theory]
    [InlineData("user")]
    [InlineData("")]
    [InlineData("ünï")]
    public async Task Basic_TokenIsThePassword(string user)
    {
        Expect.LetIn(await DecideAsync(Basic($"{user}:{Token}")));
        Expect.LetIn(await DecideAsync(AuthFixture.Request(
            $"bAsIc {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Token}"))}")));
    }

    [Fact]
    public async Task Basic_TokenIsTheUser_IsRefused()
    {
        Expect.Refused(AuthFailure.Missing, await DecideAsync(Basic($"{Token}:")));
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(Basic($"{Token}:x")));
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(Basic(Token)));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic =")]
    [InlineData("Basic a")]
    [InlineData("Basic ?:?:")]
    [InlineData("Basic dXNlcg==")]
    [InlineData("Basic dXNlcjpwYXNz-_")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Digest username=x")]
    [InlineData("Negotiate YII=")]
    [InlineData("AWS4-HMAC-SHA256 Credential=x")]
    public async Task Header_OfAnotherForm_IsMalformed(string header) =>
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(AuthFixture.Request(header)));

    [Fact]
    public async Task Header_MoreThanAToken_IsMalformed()
    {
        foreach (var header in (string[])
            [$"Bearer {Token} x", $"Bearer {Token},", $"Bearer {Token}, Bearer {Token}", $"Bearer\t{Token}",
             $"Bearer {Token}\t", $" Bearer {Token}", $"Bearer \"{Token}\"", $"Bearer: {Token}", $"Token {Token}",
             Token,
             $"Bearer {Token}\u00e9", $"Bearer \uff45{Token[1..]}", $"Bearer {Token}\0"])
        {
            Expect.Refused(AuthFailure.Malformed, await DecideAsync(AuthFixture.Request(header)));
        }
    }

    [Fact]
    public async Task TwoHeaders_AreRefusedEvenIfEqual()
    {
        Expect.Refused(
            AuthFailure.Malformed,
            await DecideAsync(AuthFixture.Request($"Bearer {Token}", $"Bearer {Token}")));
        Expect.Refused(
            AuthFailure.Malformed, await DecideAsync(AuthFixture.Request("Basic dXNlcjo=", $"Bearer {Token}")));
    }

    [Fact]
    public async Task NoHeader_IsMissing()
    {
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Request()));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query("?x=y")));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query("?")));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query("?token=")));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query("?Token=" + Token)));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query("?access_token=" + Token)));
    }

    [Fact]
    public async Task Query_OneToken_IsRead()
    {
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?token={Token}")));
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?a=b&token={Token.Replace(".", "%2E")}&c")));
    }

    [Fact]
    public async Task Query_TwoTokens_AreRefused() =>
        Expect.Refused(
            AuthFailure.Malformed, await DecideAsync(AuthFixture.Query($"?token={Token}&token={Token}")));

    [Fact]
    public async Task Query_BesideAHeader_IsNotLookedAt()
    {
        var bad = Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa);
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?token={bad}", $"Bearer {Token}")));
        Expect.Refused(
            AuthFailure.BadSignature, await DecideAsync(AuthFixture.Query($"?token={Token}", $"Bearer {bad}")));
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(AuthFixture.Query($"?token={Token}", "Digest x")));
    }

    [Fact]
    public async Task NotRequired_LetsEverybodyInWithoutLooking()
    {
        var authentication = await _fixture.CreateAsync(new AuthOptions { Required = false });
        foreach (var request in (HttpRequest[])[AuthFixture.Request(), AuthFixture.Bearer("x")])
        {
            Assert.Equal(CachePrincipal.Anonymous, Expect.LetIn(authentication.Authenticate(request)));
        }
    }

    [Fact]
    public async Task Refusals_NeverLogTheToken()
    {
        var bad = Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa);
        await DecideAsync(AuthFixture.Bearer(bad));
        await DecideAsync(Basic($"user:{bad}"));
        await DecideAsync(AuthFixture.Query($"?token={bad}"));
        Assert.NotEmpty(_fixture.Logs.Lines);
        Assert.DoesNotContain(_fixture.Logs.Lines, line => bad.Split('.').Any(part => line.Text.Contains(part)));
    }

    private static HttpRequest Basic(string credentials) =>
        AuthFixture.Request($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}");

    private async Task<AuthOutcome> DecideAsync(HttpRequest request) =>
        (await _fixture.CreateAsync(AuthFixture.Options)).Authenticate(request);
}
