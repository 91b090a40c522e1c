using System.Globalization;
using System.Text.RegularExpressions;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of the S3 proxy. All that is wrong is said at once.</summary>
internal static partial class S3ProxyRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        IReadOnlyList<EffectiveSettings> buckets = settings.Items(S3ProxySettings.Buckets);
        S3ProxyPlace proxy = new(settings, []);
        foreach (SettingError error in S3ProxyJwtRules.Check(proxy, S3ProxySettings.Jwt, around: null, isUsed: false)
            .Concat(Rates(proxy, S3ProxySettings.Rate)))
        {
            yield return error;
        }

        for (int i = 0; i < buckets.Count; i++)
        {
            S3ProxyPlace place = new(buckets[i], [i]);
            foreach (SettingError error in S3ProxyBucketRules.Check(place)
                .Concat(Rates(place, S3ProxyBucketSettings.Rate))
                .Concat(Unique(buckets, i, place))
                .Concat(S3ProxyJwtRules.Check(
                    place, S3ProxyBucketSettings.Jwt, proxy, buckets[i].Get(S3ProxyBucketSettings.AuthEnabled))))
            {
                yield return error;
            }
        }
    }

    /// <summary>
    /// The prefix of a bucket without a slash at its end; empty for the root, null where only hosts lead to it.
    /// </summary>
    public static string? PrefixOf(EffectiveSettings bucket)
    {
        string prefix = bucket.Get(S3ProxyBucketSettings.PathPrefix);
        return prefix.Length == 0 && bucket.Get(S3ProxyBucketSettings.Hosts).Count > 0 ? null : prefix.TrimEnd('/');
    }

    private static IEnumerable<SettingError> Unique(
        IReadOnlyList<EffectiveSettings> buckets, int index, S3ProxyPlace place)
    {
        EffectiveSettings bucket = buckets[index];
        string name = bucket.Get(S3ProxyBucketSettings.Name);
        if (!BucketName().IsMatch(name))
        {
            yield return place.Error(
                S3ProxyBucketSettings.Name, $"expected letters, digits, \"-\", \"_\" and \".\", found \"{name}\"");
        }

        for (int before = 0; before < index; before++)
        {
            if (buckets[before].Get(S3ProxyBucketSettings.Name) == name)
            {
                string problem = string.Create(
                    CultureInfo.InvariantCulture, $"expected a name of its own, found that of buckets[{before}]");
                yield return place.Error(S3ProxyBucketSettings.Name, problem);
            }

            if (PrefixOf(bucket) is { } prefix && PrefixOf(buckets[before]) == prefix)
            {
                string problem = string.Create(
                    CultureInfo.InvariantCulture, $"expected a prefix of its own, found that of buckets[{before}]");
                yield return place.Error(S3ProxyBucketSettings.PathPrefix, problem);
            }

            if (ShareHost(buckets[before], bucket))
            {
                string problem = string.Create(
                    CultureInfo.InvariantCulture, $"expected hosts of its own, found one of buckets[{before}]");
                yield return place.Error(S3ProxyBucketSettings.Hosts, problem);
            }
        }
    }

    private static bool ShareHost(EffectiveSettings left, EffectiveSettings right) =>
        left.Get(S3ProxyBucketSettings.Hosts)
            .Intersect(right.Get(S3ProxyBucketSettings.Hosts), StringComparer.OrdinalIgnoreCase)
            .Any();

    private static IEnumerable<SettingError> Rates(S3ProxyPlace place, S3ProxyRateSettings rate)
    {
        (Setting<int?> Burst, Setting<int?> Rate)[] pairs =
            [(rate.Burst, rate.Rate), (rate.ClientBurst, rate.ClientRate)];
        return from pair in pairs
               where place.Settings.Get(pair.Burst) is not null && place.Settings.Get(pair.Rate) is null
               select place.Error(pair.Burst, $"expected {pair.Rate.Name} to be set too, found no rate");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,128}$")]
    private static partial Regex BucketName();
}
