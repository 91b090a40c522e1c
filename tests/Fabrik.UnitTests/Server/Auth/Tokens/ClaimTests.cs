using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>What tokens with a good signature may say about time, issuer and audience (RFC 7519 section 4.1).</summary>
public sealed class ClaimTests : IAsyncDisposable
{
    private static readonly long Now = AuthFixture.Start;

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(-61, false)]
    [InlineData(-60, false)]
    [InlineData(-59, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task Expiry_AroundNow_CountsWithTheSkew(int seconds, bool isLetIn)
    {
        var outcome = await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(expires: seconds)));
        Assert.Equal(isLetIn, outcome.Principal is not null);
        if (!isLetIn)
        {
            Expect.Refused(AuthFailure.Expired, outcome);
        }
    }

    [Theory]
    [InlineData("nbf", 60, true)]
    [InlineData("nbf", 61, false)]
    [InlineData("nbf", -100000, true)]
    [InlineData("iat", 60, true)]
    [InlineData("iat", 61, false)]
    [InlineData("iat", -100000, true)]
    public async Task NotBeforeAndIssued_AroundNow_CountWithTheSkew(string claim, int seconds, bool isLetIn)
    {
        var token = Forge.Rs256(Forge.Claims($",\"{claim}\":{Now + seconds}"));
        var outcome = await _fixture.DecideAsync(token);
        Assert.Equal(isLetIn, outcome.Principal is not null);
        if (!isLetIn)
        {
            Expect.Refused(AuthFailure.NotYetValid, outcome);
        }
    }

    [Fact]
    public async Task Skew_OfZero_IsExact()
    {
        var options = AuthFixture.Options with { ClockSkew = TimeSpan.Zero };
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(expires: 1)), options));
        Expect.Refused(
            AuthFailure.Expired, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(expires: 0)), options));
        Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims($",\"nbf\":{Now}")), options));
        Expect.Refused(
            AuthFailure.NotYetValid,
            await _fixture.DecideAsync(Forge.Rs256(Forge.Claims($",\"nbf\":{Now + 1}")), options));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e18")]
    [InlineData("99999999999999999999999999999999999999999999")]
    [InlineData("253402300800")]
    [InlineData("\"2524608000\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[2524608000]")]
    [InlineData("{}")]
    public async Task Time_NotANumberOfSecondsUntilTheYear9999_IsMalformed(string value)
    {
        foreach (var claim in (string[])["exp", "nbf", "iat"])
        {
            Expect.Refused(
                AuthFailure.Malformed,
                await _fixture.DecideAsync(
                    Forge.Rs256($$"""{"{{claim}}":{{value}}}"""),
                    AuthFixture.Options with { RequireExpiry = false }));
        }
    }

    [Theory]
    [InlineData("253402300799")]
    [InlineData("2.5e11")]
    [InlineData("4102444800.75")]
    public async Task Expiry_FarAwayOrWithAFraction_IsTaken(string value) =>
        Expect.LetIn(await _fixture.DecideAsync(
            Forge.Rs256($$"""{"exp":{{value}},"permissions":"cache:read"}""")));

    [Fact]
    public async Task Expiry_Missing_IsRefusedUnlessItIsNotRequired()
    {
        var token = Forge.Rs256("""{"permissions":["cache:read"]}""");
        Expect.Refused(AuthFailure.WrongClaims, await _fixture.DecideAsync(token));
        Expect.LetIn(await _fixture.DecideAsync(token, AuthFixture.Options with { RequireExpiry = false }));
    }

    [Theory]
    [InlineData(",\"iss\":\"https://issuer\"", true)]
    [InlineData("", false)]
    [InlineData(",\"iss\":\"https://issuer/\"", false)]
    [InlineData(",\"iss\":\"https://ISSUER\"", false)]
    [InlineData(",\"iss\":[\"https://issuer\"]", false)]
    [InlineData(",\"iss\":null", false)]
    [InlineData(",\"iss\":\"https://issuer\\u0000\"", false)]
    [InlineData(",\"iss\":\"https://\\u0456ssuer\"", false)]
    public async Task Issuer_WhenConfigured_IsExact(string claim, bool isLetIn) =>
        await DecideAsync(AuthFixture.Options with { Issuer = "https://issuer" }, claim, isLetIn);

    [Theory]
    [InlineData(",\"aud\":\"fabrik\"", true)]
    [InlineData(",\"aud\":\"other\"", true)]
    [InlineData(",\"aud\":[\"x\",\"fabrik\"]", true)]
    [InlineData(",\"aud\":[1,{},\"fabrik\"]", true)]
    [InlineData("", false)]
    [InlineData(",\"aud\":[]", false)]
    [InlineData(",\"aud\":\"Fabrik\"", false)]
    [InlineData(",\"aud\":\"fabrik fabrik\"", false)]
    [InlineData(",\"aud\":[[\"fabrik\"]]", false)]
    [InlineData(",\"aud\":{\"fabrik\":1}", false)]
    [InlineData(",\"aud\":null", false)]
    public async Task Audience_WhenConfigured_HasOneOfThem(string claim, bool isLetIn) =>
        await DecideAsync(AuthFixture.Options with { Audience = ["fabrik", "other"] }, claim, isLetIn);

    [Theory]
    [InlineData("\"permissions\":[\"cache:read\",\"cache:write\"]", Permissions.Read | Permissions.Write)]
    [InlineData("\"permissions\":\"cache:read cache:delete\"", Permissions.Read | Permissions.Delete)]
    [InlineData("\"scope\":\"cache:write openid admin\"", Permissions.Write | Permissions.Admin)]
    [InlineData("\"scope\":[\"cache:overwrite\"]", Permissions.Overwrite)]
    [InlineData("\"permissions\":[],\"scope\":\"admin\"", Permissions.None)]
    [InlineData("\"permissions\":\"\"", Permissions.None)]
    [InlineData("\"permissions\":[\"CACHE:READ\",\"cache:read \",\"cache:*\",\"*\",\"read\"]", Permissions.None)]
    [InlineData("\"permissions\":[\"cache:read cache:write\"]", Permissions.None)]
    [InlineData("\"permissions\":\"cache:read,admin\"", Permissions.None)]
    [InlineData("\"permissions\":\"cache:read\\tadmin\"", Permissions.None)]
    [InlineData("\"x\":1", Permissions.None)]
    public async Task Permissions_AreWhatTheTokenSaysAndNoMore(string claim, Permissions expected)
    {
        var token = Forge.Rs256($$"""{"exp":{{Now + 60}},{{claim}}}""");
        Assert.Equal(expected, Expect.LetIn(await _fixture.DecideAsync(token)).Permissions);
    }

    [Theory]
    [InlineData("\"permissions\":null")]
    [InlineData("\"permissions\":1")]
    [InlineData("\"permissions\":true")]
    [InlineData("\"permissions\":{\"admin\":true}")]
    [InlineData("\"permissions\":[\"cache:read\",1]")]
    [InlineData("\"permissions\":[[\"admin\"]]")]
    [InlineData("\"permissions\":[null]")]
    public async Task Permissions_OfAnotherType_AreRefused(string claim) =>
        Expect.Refused(
            AuthFailure.WrongClaims, await _fixture.DecideAsync(Forge.Rs256($$"""{"exp":{{Now + 60}},{{claim}}}""")));

    [Fact]
    public async Task Permissions_NotInTheToken_AreTheDefaultOnes()
    {
        var options = AuthFixture.Options with { DefaultPermissions = Permissions.Read };
        var token = Forge.Rs256($$"""{"exp":{{Now + 60}}}""");
        Assert.Equal(Permissions.Read, Expect.LetIn(await _fixture.DecideAsync(token, options)).Permissions);
        token = Forge.Rs256($$"""{"exp":{{Now + 60}},"permissions":[]}""");
        Assert.Equal(Permissions.None, Expect.LetIn(await _fixture.DecideAsync(token, options)).Permissions);
    }

    [Theory]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"a\\u0000\"")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[\"a\"]")]
    public async Task Subject_NotPrintableText_IsRefused(string value) =>
        Expect.Refused(
            AuthFailure.WrongClaims,
            await _fixture.DecideAsync(Forge.Rs256($$"""{"exp":{{Now + 60}},"sub":{{value}}}""")));

    [Fact]
    public async Task Subject_Unicode_IsTakenUpToItsLimit()
    {
        var token = Forge.Rs256($$"""{"exp":{{Now + 60}},"sub":"Zoë 🏗 \u0436"}""");
        Assert.Equal("Zoë 🏗 ж", Expect.LetIn(await _fixture.DecideAsync(token)).Subject);
        token = Forge.Rs256($$"""{"exp":{{Now + 60}},"sub":"{{new string('x', 257)}}"}""");
        Expect.Refused(AuthFailure.WrongClaims, await _fixture.DecideAsync(token));
    }

    private async Task DecideAsync(AuthOptions options, string claim, bool isLetIn)
    {
        var outcome = await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(claim)), options);
        if (isLetIn)
        {
            Expect.LetIn(outcome);
        }
        else
        {
            Expect.Refused(AuthFailure.WrongClaims, outcome);
        }
    }
}
