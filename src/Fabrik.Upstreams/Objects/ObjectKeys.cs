using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>Where an artifact lies: docs/formats/object.md, "Key".</summary>
internal static class ObjectKeys
{
    /// <summary>What stands for the tenant in a configured prefix.</summary>
    public const string Placeholder = "{customer_id}";

    private const string NoTenant = "default";
    private const int MaxTenant = 200;
    private const int ShardDigits = 2;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Whether a prefix differs from tenant to tenant.</summary>
    public static bool IsPerTenant(string prefix) => prefix.Contains(Placeholder, StringComparison.Ordinal);

    /// <summary>The prefix of one tenant.</summary>
    public static string Expand(string prefix, string tenant) =>
        prefix.Replace(Placeholder, Escape(tenant), StringComparison.Ordinal);

    /// <summary>The key of an artifact.</summary>
    public static string Of(string prefix, ArtifactId id)
    {
        var digits = id.ToString();
        return $"{prefix}{digits.AsSpan(0, ShardDigits)}/{digits}";
    }

    /// <summary>Which artifact lies under a key; false when it is no key of ours.</summary>
    public static bool TryParse(string prefix, string key, out ArtifactId id)
    {
        id = default;
        var digits = key.AsSpan(Math.Min(key.Length, prefix.Length + ShardDigits + 1));
        return ArtifactId.TryParse(digits, out id) && string.Equals(Of(prefix, id), key, StringComparison.Ordinal);
    }

    private static string Escape(string tenant)
    {
        if (tenant.Length == 0)
        {
            return NoTenant;
        }

        if (tenant.Length <= MaxTenant && tenant[0] != '.' && !tenant.AsSpan().ContainsAnyExcept(Plain))
        {
            return tenant;
        }

        var bytes = Encoding.UTF8.GetBytes(tenant);
        var escaped = new StringBuilder();
        foreach (var value in bytes)
        {
            if (Plain.Contains((char)value) && !(value == '.' && escaped.Length == 0))
            {
                escaped.Append((char)value);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return escaped.Length <= MaxTenant
            ? escaped.ToString()
            : "~" + Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
