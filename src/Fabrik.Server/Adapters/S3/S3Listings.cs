using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.S3;

/// <summary>The names of collections in the store; persisted.</summary>
internal static class S3Listings
{
    /// <summary>
    /// Kind, tenant, scope and name, the middle two escaped so that no two different sets give one name; what becomes
    /// too long so is named by its SHA-256.
    /// </summary>
    public static string Of(string kind, CachePrincipal principal, string name)
    {
        var tenant = Uri.EscapeDataString(principal.Tenant);
        var scope = Uri.EscapeDataString(principal.WriteScope);
        var listing = $"{kind}/{tenant}/{scope}/{name}";
        return listing.Length <= IArtifactListing.MaxListingBytes
            ? listing
            : $"{kind}/#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(listing)))}";
    }
}
