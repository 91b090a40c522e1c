using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>What the S3 API serves, and to whom, as settings say.</summary>
internal static class S3Access
{
    /// <summary>Makes it.</summary>
    public static S3Options Of(EffectiveSettings settings)
    {
        IReadOnlyList<EffectiveSettings> buckets = settings.Items(S3Settings.Buckets);
        S3Options defaults = new();
        return new S3Options
        {
            Region = settings.Get(S3Settings.Region),
            Domains = settings.Get(S3Settings.Domains),
            Buckets = buckets.Count == 0
                ? defaults.Buckets
                : [.. buckets.Select(bucket => new S3Bucket(bucket.Get(S3Settings.BucketName))
                {
                    TimeToLive = bucket.Get(S3Settings.BucketTtl),
                })],
            AccessKeys = [.. settings.Items(S3Settings.AccessKeys).Select(KeyOf)],
        };
    }

    private static S3AccessKey KeyOf(EffectiveSettings key) => new(
        key.Get(S3Settings.AccessKey),
        key.Get(S3Settings.SecretKey),
        new CachePrincipal
        {
            Subject = key.Get(S3Settings.AccessKey),
            Tenant = key.Get(S3Settings.Tenant),
            Permissions = key.Get(S3Settings.KeyPermissions)
                .Aggregate(Permissions.None, (all, permission) => all | permission),
        });
}
