using Fabrik.Server.Auth;
using Xunit;

namespace Fabrik.UnitTests.Server.Auth;

/// <summary>What outcomes must be.</summary>
internal static class Expect
{
    public static CachePrincipal LetIn(AuthOutcome outcome)
    {
        Assert.True(outcome.TryGet(out var principal), $"refused: {outcome.Failure}");
        return principal;
    }

    public static void Refused(AuthFailure failure, AuthOutcome outcome)
    {
        Assert.False(outcome.TryGet(out _), $"let in, expected {failure}");
        Assert.Equal(failure, outcome.Failure);
    }
}
