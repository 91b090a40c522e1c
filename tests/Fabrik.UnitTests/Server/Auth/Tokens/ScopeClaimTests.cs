using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth.Tokens;

/// <summary>Claims that say whose entries a token sees and where it writes: tenants and trust scopes.</summary>
public sealed class ScopeClaimTests : IAsyncDisposable
{
    private static readonly AuthOptions Tenants = AuthFixture.Options with { TenantClaim = "project_id" };

    private static readonly AuthOptions Scopes = AuthFixture.Options with
    {
        WriteScopeClaim = "ref",
        ReadScopesClaim = "base",
    };

    private readonly AuthFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("\"proj_456\"", "proj_456")]
    [InlineData("456", "456")]
    [InlineData("\"org/team/app\"", "org/team/app")]
    [InlineData("\"repo:owner/name:ref:refs/heads/main\"", "repo:owner/name:ref:refs/heads/main")]
    [InlineData("\"auth0|5f7\"", "auth0|5f7")]
    [InlineData("\"a@example.com\"", "a@example.com")]
    public async Task Tenant_NameOrNumber_IsTaken(string value, string tenant) =>
        Assert.Equal(tenant, Expect.LetIn(await TenantAsync($",\"project_id\":{value}")).Tenant);

    [Theory]
    [InlineData("")]
    [InlineData(",\"project_id\":\"\"")]
    [InlineData(",\"project_id\":null")]
    [InlineData(",\"project_id\":[\"a\"]")]
    [InlineData(",\"project_id\":{\"id\":\"a\"}")]
    [InlineData(",\"project_id\":1.5")]
    [InlineData(",\"project_id\":99999999999999999999")]
    [InlineData(",\"project_id\":\"a b\"")]
    [InlineData(",\"project_id\":\"a\\u0000\"")]
    [InlineData(",\"project_id\":\"..\"")]
    [InlineData(",\"project_id\":\"a/../b\"")]
    [InlineData(",\"project_id\":\"/a\"")]
    [InlineData(",\"project_id\":\"a/\"")]
    [InlineData(",\"project_id\":\"a//b\"")]
    [InlineData(",\"project_id\":\"./a\"")]
    [InlineData(",\"project_id\":\"a\\\\b\"")]
    [InlineData(",\"project_id\":\"a%2fb\"")]
    [InlineData(",\"project_id\":\"a?b\"")]
    [InlineData(",\"project_id\":\"a*\"")]
    [InlineData(",\"project_id\":\"\\ud83c\\udfd7\"")]
    [InlineData(",\"project_id\":\"a\\u202eb\"")]
    [InlineData(",\"project_id\":\"a\\u200bb\"")]
    [InlineData(",\"PROJECT_ID\":\"a\"")]
    public async Task Tenant_MissingOrNoName_IsRefused(string claim) =>
        Expect.Refused(AuthFailure.WrongClaims, await TenantAsync(claim));

    [Fact]
    public async Task Tenant_LongerThanTheLimit_IsRefused()
    {
        Expect.LetIn(await TenantAsync($",\"project_id\":\"{new string('t', 256)}\""));
        Expect.Refused(AuthFailure.WrongClaims, await TenantAsync($",\"project_id\":\"{new string('t', 257)}\""));
    }

    [Fact]
    public async Task Tenant_IsTheSubject_MayBeConfigured()
    {
        var options = AuthFixture.Options with { TenantClaim = "sub" };
        Assert.Equal("ci", Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims()), options)).Tenant);
    }

    [Fact]
    public async Task Tenant_NotConfigured_IsNotRead() =>
        Assert.Equal(
            "",
            Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(",\"project_id\":\"p\"")))).Tenant);

    [Theory]
    [InlineData(",\"ref\":\"pr/7\"", "pr/7", "pr/7|")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":\"main\"", "pr/7", "pr/7|main|")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[\"release\",\"main\"]", "pr/7", "pr/7|release|main|")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[\"\",\"pr/7\",\"main\",\"main\"]", "pr/7", "pr/7|main|")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[]", "pr/7", "pr/7|")]
    [InlineData(",\"ref\":\"\"", "", "")]
    [InlineData(",\"ref\":\"\",\"base\":\"main\"", "", "|main")]
    [InlineData(",\"ref\":7", "7", "7|")]
    public async Task Scopes_AreReadInOrderOwnBaseDefault(string claims, string write, string read)
    {
        var principal = Expect.LetIn(await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(claims)), Scopes));
        Assert.Equal(write, principal.WriteScope);
        Assert.Equal(read.Split('|'), principal.ReadScopes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"base\":\"main\"")]
    [InlineData(",\"ref\":null")]
    [InlineData(",\"ref\":[\"pr/7\"]")]
    [InlineData(",\"ref\":\"../main\"")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":null")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[null]")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":{\"a\":1}")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[[\"main\"]]")]
    [InlineData(",\"ref\":\"pr/7\",\"base\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]")]
    public async Task Scopes_MissingOrNoNames_AreRefused(string claims) =>
        Expect.Refused(
            AuthFailure.WrongClaims, await _fixture.DecideAsync(Forge.Rs256(Forge.Claims(claims)), Scopes));

    [Fact]
    public async Task Scopes_NotConfigured_AreTheDefaultOne()
    {
        var principal = Expect.LetIn(await _fixture.DecideAsync(
            Forge.Rs256(Forge.Claims(",\"ref\":\"pr/7\",\"base\":\"main\""))));
        Assert.Equal("", principal.WriteScope);
        Assert.Equal([""], principal.ReadScopes);
    }

    private Task<AuthOutcome> TenantAsync(string claim) =>
        _fixture.DecideAsync(Forge.Rs256(Forge.Claims(claim)), Tenants);
}
