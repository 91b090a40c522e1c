using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Keys;

/// <summary>Which keys a token is tried with.</summary>
public sealed class KidTests : IAsyncDisposable
{
    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Kid_Named_IsTheOnlyKeyThatCounts()
    {
        var options = Jwks(TestKeys.Jwk(TestKeys.Rsa, "a"), TestKeys.Jwk(TestKeys.OtherRsa, "b"));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "a"), options));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "b", TestKeys.OtherRsa), options));
        Expect.Refused(
            AuthFailure.BadSignature, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "b"), options));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("a ")]
    [InlineData("a\\u0000")]
    [InlineData("\\u0430")]
    [InlineData("../a")]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/null")]
    [InlineData("a' OR '1'='1")]
    [InlineData("http://127.0.0.1:1/key")]
    [InlineData("*")]
    public async Task Kid_AlmostAName_IsUnknown(string kid)
    {
        var options = Jwks(TestKeys.Jwk(TestKeys.Rsa, "a"));
        Expect.Refused(
            AuthFailure.UnknownKey, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), kid), options));
    }

    [Fact]
    public async Task Kid_Missing_IsTriedWithEveryKeyOfItsAlgorithm()
    {
        var options = Jwks(TestKeys.Jwk(TestKeys.Rsa, "a"), TestKeys.Jwk(TestKeys.OtherRsa, "b"));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims()), options));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa), options));
        Expect.Refused(AuthFailure.UnknownKey, await _fixture.DecideAsync(Forge.Es256(Forge.Claims()), options));
    }

    [Fact]
    public async Task Kid_Any_IsTriedWithKeysThatHaveNoName() =>
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "whatever")));

    [Fact]
    public async Task Kid_OfASecret_TakesNoOtherAlgorithm()
    {
        var options = Jwks(TestKeys.Jwk(TestKeys.Secret, "s"));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Hs256(Forge.Claims(), TestKeys.Secret, "s"), options));
        Expect.Refused(
            AuthFailure.UnknownKey, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), "s"), options));
        var token = Forge.Hs256(Forge.Claims(), TestKeys.Secret, "s");
        Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(token[..^4], options));
    }

    [Fact]
    public async Task Keys_ManyWithoutAName_AreTriedUpToALimit()
    {
        List<string> keys = [];
        for (var i = 0; i < 8; i++)
        {
            using var key = System.Security.Cryptography.ECDsa.Create(
                System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
            keys.Add(TestKeys.Pem(key));
        }

        keys.Insert(7, TestKeys.Pem(TestKeys.Ec));
        AuthOptions options = new() { PublicKey = string.Join('\n', keys) };
        Expect.LetIn(await _fixture.DecideAsync(Forge.Es256(Forge.Claims()), options));
        (keys[7], keys[8]) = (keys[8], keys[7]);
        options = new AuthOptions { PublicKey = string.Join('\n', keys) };
        Expect.Refused(AuthFailure.BadSignature, await _fixture.DecideAsync(Forge.Es256(Forge.Claims()), options));
    }

    private AuthOptions Jwks(params string[] keys) =>
        new() { JwksFile = _fixture.Folder.Write("jwks.json", TestKeys.Jwks(keys)) };
}
