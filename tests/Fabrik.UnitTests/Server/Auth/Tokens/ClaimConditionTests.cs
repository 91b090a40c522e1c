using Fabrik.Server.Auth;
using Xunit;
using static Fabrik.Server.Auth.ClaimOperator;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>What a token must say besides being good.</summary>
public sealed class ClaimConditionTests : IAsyncDisposable
{
    private const string More = """
        ,"role":"admin","level":5,"big":9007199254740993,"ratio":0.5,"on":true,"none":null,"groups":["a","b",3],
        "user":{"team":{"name":"core"},"roles":["dev"]},"https://example.com/role":"owner"
        """;

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("role", EqualTo, "admin")]
    [InlineData("level", EqualTo, "5")]
    [InlineData("level", EqualTo, "5.0")]
    [InlineData("on", EqualTo, "true")]
    [InlineData("big", EqualTo, "9007199254740993")]
    [InlineData("user.team.name", EqualTo, "core")]
    [InlineData("https://example.com/role", EqualTo, "owner")]
    [InlineData("role", NotEqualTo, "guest")]
    [InlineData("role", Contains, "dmi")]
    [InlineData("groups", Contains, "b")]
    [InlineData("groups", Contains, "3")]
    [InlineData("user.roles", Contains, "dev")]
    [InlineData("role", In, "guest,admin")]
    [InlineData("groups", In, "z,a")]
    [InlineData("level", In, "4,5")]
    [InlineData("level", GreaterThan, "4")]
    [InlineData("ratio", GreaterThan, "0.4")]
    [InlineData("big", GreaterThan, "9007199254740992")]
    [InlineData("level", AtLeast, "5")]
    [InlineData("level", LessThan, "5.5")]
    [InlineData("level", AtMost, "5")]
    [InlineData("role", Exists, "")]
    [InlineData("role", Exists, "true")]
    [InlineData("missing", Exists, "false")]
    [InlineData("none", Exists, "false")]
    public async Task Condition_ThatHolds_LetsIn(string claim, ClaimOperator how, string values) =>
        Expect.LetIn(await DecideAsync(Condition(claim, how, values)));

    [Theory]
    [InlineData("role", EqualTo, "Admin")]
    [InlineData("role", EqualTo, "")]
    [InlineData("level", EqualTo, "6")]
    [InlineData("level", EqualTo, "five")]
    [InlineData("on", EqualTo, "True")]
    [InlineData("groups", EqualTo, "a")]
    [InlineData("big", EqualTo, "9007199254740992")]
    [InlineData("role", NotEqualTo, "admin")]
    [InlineData("groups", NotEqualTo, "z")]
    [InlineData("missing", NotEqualTo, "x")]
    [InlineData("none", NotEqualTo, "x")]
    [InlineData("role", Contains, "root")]
    [InlineData("groups", Contains, "c")]
    [InlineData("level", Contains, "5")]
    [InlineData("role", In, "guest,owner")]
    [InlineData("level", GreaterThan, "5")]
    [InlineData("role", GreaterThan, "0")]
    [InlineData("missing", GreaterThan, "0")]
    [InlineData("missing", LessThan, "9")]
    [InlineData("level", AtLeast, "5.01")]
    [InlineData("level", LessThan, "5")]
    [InlineData("level", AtMost, "4")]
    [InlineData("missing", Exists, "")]
    [InlineData("none", Exists, "true")]
    [InlineData("role", Exists, "false")]
    [InlineData("user.team.name.more", Exists, "")]
    [InlineData("user..name", Exists, "")]
    [InlineData("role.admin", Exists, "")]
    public async Task Condition_ThatDoesNotHold_IsForbidden(string claim, ClaimOperator how, string values) =>
        Expect.Refused(AuthFailure.NotAllowed, await DecideAsync(Condition(claim, how, values)));

    [Fact]
    public async Task Conditions_MustAllHold()
    {
        var holds = Condition("role", EqualTo, "admin");
        Expect.LetIn(await DecideAsync(holds, Condition("level", AtLeast, "5")));
        Expect.Refused(AuthFailure.NotAllowed, await DecideAsync(holds, Condition("level", AtLeast, "6")));
    }

    [Fact]
    public async Task Token_ThatIsBad_IsNotForbiddenButRefused()
    {
        var options = AuthFixture.Options with { Conditions = [Condition("role", EqualTo, "admin")] };
        Expect.Refused(
            AuthFailure.BadSignature,
            await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(), key: TestKeys.OtherRsa), options));
        Expect.Refused(
            AuthFailure.Expired, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(expires: -100)), options));
    }

    [Fact]
    public async Task Verdict_OfAForbiddenToken_IsRememberedUntilItExpires()
    {
        var options = AuthFixture.Options with { Conditions = [Condition("role", EqualTo, "admin")] };
        var authentication = await _fixture.CreateAsync(options);
        var request = AuthFixture.Bearer(Forge.Rs256(Forge.Claims(expires: 100)));
        Expect.Refused(AuthFailure.NotAllowed, authentication.Authenticate(request));
        Expect.Refused(AuthFailure.NotAllowed, authentication.Authenticate(request));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(161));
        Expect.Refused(AuthFailure.Expired, authentication.Authenticate(request));
    }

    private static ClaimCondition Condition(string claim, ClaimOperator how, string values) =>
        new(claim, how, how == Exists && values.Length == 0 ? [] : values.Split(','));

    private Task<AuthOutcome> DecideAsync(params ClaimCondition[] conditions) => _fixture.DecideAsync(
        Forge.Rs256(Forge.Claims(More)), AuthFixture.Options with { Conditions = conditions });
}
