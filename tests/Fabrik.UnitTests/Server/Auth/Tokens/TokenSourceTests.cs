using System.Text;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>Tokens in the places that options name, and the secrets and algorithms that they name.</summary>
public sealed class TokenSourceTests : IAsyncDisposable
{
    private static readonly string Token = Forge.Rs256(Forge.Claims());
    private static readonly string Bad = Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa);
    private static readonly string Secret = Encoding.ASCII.GetString([.. Enumerable.Repeat((byte)'s', 32)]);

    private static readonly AuthOptions Options = AuthFixture.Options with
    {
        TokenSources =
        [
            new TokenSource(TokenSourceKind.Bearer),
            new TokenSource(TokenSourceKind.Query, "jwt"),
            new TokenSource(TokenSourceKind.Header, "x-auth-token") { Prefix = "Token " },
        ],
    };

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Sources_EachAlone_AreRead()
    {
        Expect.LetIn(await DecideAsync(AuthFixture.Bearer(Token)));
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?a=1&jwt={Token}")));
        Expect.LetIn(await DecideAsync(WithHeader($"Token {Token}")));
        Expect.LetIn(await DecideAsync(WithHeader($"token   {Token}")));
    }

    [Fact]
    public async Task Sources_SeveralPresent_TheFirstCounts()
    {
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?jwt={Bad}", $"Bearer {Token}")));
        Expect.Refused(
            AuthFailure.BadSignature, await DecideAsync(AuthFixture.Query($"?jwt={Token}", $"Bearer {Bad}")));
    }

    [Fact]
    public async Task Sources_ThatAreNotNamed_AreNotLookedAt()
    {
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Query($"?token={Token}")));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Request()));
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"user:{Token}"));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(AuthFixture.Request($"Basic {basic}")));
        Expect.Refused(AuthFailure.Missing, await DecideAsync(WithHeader(Token)));
    }

    [Fact]
    public async Task Header_OfAnotherScheme_LeavesTheNextPlaces() =>
        Expect.LetIn(await DecideAsync(AuthFixture.Query($"?jwt={Token}", "Basic dXNlcjo=")));

    [Fact]
    public async Task Token_Twice_IsRefused()
    {
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(AuthFixture.Query($"?jwt={Token}&jwt={Token}")));
        Expect.Refused(
            AuthFailure.Malformed, await DecideAsync(AuthFixture.Request($"Bearer {Token}", $"Bearer {Token}")));
        var request = AuthFixture.Request();
        request.Headers["x-auth-token"] = new([$"Token {Token}", $"Token {Token}"]);
        Expect.Refused(AuthFailure.Malformed, await DecideAsync(request));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Token_SeenBefore_IsDecidedWithoutAllocating(int place)
    {
        var request = place switch
        {
            0 => AuthFixture.Bearer(Token),
            1 => AuthFixture.Query($"?jwt={Token}"),
            _ => WithHeader($"Token {Token}"),
        };
        var authentication = await _fixture.CreateAsync(Options);
        Expect.LetIn(authentication.Authenticate(request));
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                authentication.Authenticate(request);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    [Fact]
    public async Task Secret_OfTheOptions_Verifies()
    {
        AuthOptions options = new() { Secret = Secret };
        Expect.LetIn(await _fixture.DecideAsync(
            Forge.Hs256(Forge.Claims(), Encoding.ASCII.GetBytes(Secret)), options));
        Expect.Refused(
            AuthFailure.BadSignature,
            await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), TestKeys.Secret), options));
    }

    [Fact]
    public async Task Secret_OfAFile_VerifiesWithoutItsLineBreak()
    {
        AuthOptions options = new() { SecretFile = _fixture.Folder.Write("secret", Secret + "\n") };
        Expect.LetIn(await _fixture.DecideAsync(
            Forge.Hs256(Forge.Claims(), Encoding.ASCII.GetBytes(Secret)), options));
    }

    [Fact]
    public async Task Secret_TooShort_IsAnErrorThatDoesNotShowIt()
    {
        var errors = await _fixture.ErrorsAsync(new AuthOptions { Secret = "hunter2", Section = "s3_proxy.jwt" });
        Assert.Equal("s3_proxy.jwt.secret: found a secret of 7 bytes; expected at least 32", Assert.Single(errors));
    }

    [Fact]
    public async Task Algorithm_ThatIsNotTheOne_IsRefused()
    {
        var options = AuthFixture.Options with { Algorithm = TokenAlgorithm.ES256 };
        Expect.LetIn(await _fixture.DecideAsync(Forge.Es256(Forge.Claims()), options));
        Expect.Refused(AuthFailure.Malformed, await _fixture.DecideAsync(Token, options));
    }

    private static HttpRequest WithHeader(string value)
    {
        var request = AuthFixture.Request();
        request.Headers["x-auth-token"] = value;
        return request;
    }

    private async Task<AuthOutcome> DecideAsync(HttpRequest request) =>
        (await _fixture.CreateAsync(Options)).Authenticate(request);
}
