using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Turborepo;

/// <summary>
/// Turborepo's teams: a client names one by <c>teamId</c>, <c>slug</c> or <c>team</c>, and sees only that team's
/// artifacts. A name, not a right: what a client may do comes from its token alone.
/// </summary>
internal static class TurborepoTeam
{
    private const int MaxLength = 256;

    private static readonly string[] Parameters = ["teamId", "slug", "team"];

    /// <summary>A hash in the team that a query names; <see langword="null"/> if either is not acceptable.</summary>
    public static string? KeyOf(IQueryCollection query, string? hash)
    {
        foreach (var name in Parameters)
        {
            var team = (string?)query[name];
            if (string.IsNullOrEmpty(team) || hash is null)
            {
                continue;
            }

            // No hash has an @, so that no two pairs make one key.
            return team.Length <= MaxLength ? $"{hash}@{team}" : null;
        }

        return hash;
    }
}
