using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth;

public sealed class AuthChallengeTests
{
    [Fact]
    public void For_EveryFailure_OffersBearerAndBasic()
    {
        foreach (var failure in Enum.GetValues<AuthFailure>())
        {
            var values = AuthChallenge.For(failure);
            Assert.Equal(2, values.Count);
            Assert.StartsWith("Bearer realm=\"fabrik\"", values[0]);
            Assert.StartsWith("Basic realm=\"fabrik\"", values[1]);

            // Without credentials there is no error code (RFC 6750 section 3.1).
            var isInvalid = failure is not (AuthFailure.Missing or AuthFailure.NotAllowed);
            Assert.Equal(isInvalid, values[0]!.Contains("error=\"invalid_token\""));
            Assert.Equal(failure == AuthFailure.NotAllowed, values[0]!.Contains("error=\"insufficient_scope\""));
            Assert.All(values, value => Assert.True(value!.All(char.IsAscii), value));
        }
    }

    [Fact]
    public void InsufficientScope_NamesThePermissions() =>
        Assert.Equal(
            "Bearer realm=\"fabrik\", error=\"insufficient_scope\", scope=\"cache:write cache:overwrite\"",
            AuthChallenge.InsufficientScope(Permissions.Write | Permissions.Overwrite));

    [Fact]
    public void PermissionNames_AreFrozen() =>
        Assert.Equal(
            "cache:read=1 cache:write=2 cache:delete=4 cache:overwrite=8 admin=16",
            string.Join(' ', PermissionNames.All.Select(each => $"{each.Key}={(int)each.Value}")));

    [Fact]
    public void PermissionNames_All_ReadBack()
    {
        Assert.All(PermissionNames.All, each => Assert.Equal(each.Value, PermissionNames.Parse(each.Key)));
        Assert.Equal("cache:read admin", PermissionNames.Format(Permissions.Read | Permissions.Admin));
        Assert.Equal("", PermissionNames.Format(Permissions.None));
    }

    [Fact]
    public void May_TakesAllOfThePermissions()
    {
        CachePrincipal principal = new() { Subject = "", Permissions = Permissions.Read | Permissions.Write };
        Assert.True(principal.May(Permissions.Read | Permissions.Write));
        Assert.False(principal.May(Permissions.Write | Permissions.Overwrite));
        Assert.True(principal.May(Permissions.None));
    }
}
