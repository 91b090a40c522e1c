using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>The SHA-256 that an upload says it has.</summary>
internal static class AnnouncedDigest
{
    private static readonly string[] Fields = ["Content-Digest", "Repr-Digest", "Digest"];

    /// <summary>Reads it from the headers.</summary>
    /// <returns>False, with the reason, if a header is not well formed or two of them differ.</returns>
    public static bool TryRead(IHeaderDictionary headers, out ContentDigest? digest, out string reason)
    {
        digest = null;
        reason = "";
        Span<byte> bytes = stackalloc byte[ContentDigest.Length];
        foreach (var name in Fields)
        {
            if (!headers.TryGetValue(name, out var value))
            {
                continue;
            }

            var finding = DigestFields.FindSha256(value.ToString(), bytes);
            if (finding == DigestFinding.None)
            {
                continue;
            }

            var found = new ContentDigest(bytes);
            if (finding == DigestFinding.Malformed || (digest is { } other && other != found))
            {
                reason = $"{name} must have one SHA-256 in base64, the same as every other digest header";
                return false;
            }

            digest = found;
        }

        return true;
    }
}
