using Fabrik.Cache.Artifacts;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Turborepo;

/// <summary>The headers by which Turborepo describes an artifact. They come back exactly as they went in.</summary>
internal static class TurborepoHeaders
{
    /// <summary>How long the task took, in milliseconds.</summary>
    public const string Duration = "x-artifact-duration";

    /// <summary>The artifact's signature, in base64.</summary>
    public const string Tag = "x-artifact-tag";

    /// <summary>The commit it was made from.</summary>
    public const string Sha = "x-artifact-sha";

    /// <summary>A hash of what was changed beside the commit.</summary>
    public const string DirtyHash = "x-artifact-dirty-hash";

    /// <summary>What a preflight may be told: all that the client sends.</summary>
    public const string Allowed =
        "Authorization, User-Agent, Accept, Content-Type, Content-Length, x-artifact-duration, x-artifact-tag, "
        + "x-artifact-sha, x-artifact-dirty-hash, x-artifact-client-ci, x-artifact-client-interactive";

    /// <summary>The client's longest is a tag of 600.</summary>
    private const int MaxLength = 1024;

    private static readonly string[] Kept = [Duration, Tag, Sha, DirtyHash];

    /// <summary>Reads what is kept with an artifact.</summary>
    /// <returns>False, with the reason, if a value could not be given back as it is.</returns>
    public static bool TryRead(
        IHeaderDictionary headers, out List<KeyValuePair<string, string>> properties, out string? reason)
    {
        properties = [];
        reason = null;
        foreach (var name in Kept)
        {
            var values = headers[name];
            if (values.Count == 0)
            {
                continue;
            }

            if (values is not [{ Length: <= MaxLength } value] || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                reason = $"{name} must be one value of at most {MaxLength} printable ASCII characters";
                return false;
            }

            properties.Add(new(name, value));
        }

        return true;
    }

    /// <summary>Gives back what was kept.</summary>
    public static void Echo(HttpResponse response, ArtifactInfo info)
    {
        foreach (var name in Kept)
        {
            if (info.Metadata.Find(name) is { } value)
            {
                response.Headers[name] = value;
            }
        }
    }
}
