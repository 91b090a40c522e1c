using System.Globalization;
using Fabrik.Cache.Layers;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of each upstream, and between upstreams.</summary>
internal static class UpstreamRules
{
    private static readonly string[] Buckets = ["s3", "gs"];

    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        IReadOnlyList<EffectiveSettings> items = settings.Items(UpstreamSettings.Section);
        for (int i = 0; i < items.Count; i++)
        {
            foreach ((Setting setting, string problem) in CheckOne(items[i]))
            {
                yield return Error(items[i], i, setting, problem);
            }

            if (!names.Add(NameOf(items[i])))
            {
                string problem = $"expected a name of its own, found \"{NameOf(items[i])}\" twice: set "
                    + $"{UpstreamSettings.Name.Name}";
                yield return Error(items[i], i, UpstreamSettings.Url, problem);
            }
        }
    }

    /// <summary>The name of an upstream: as set, or else scheme, host and path.</summary>
    public static string NameOf(EffectiveSettings upstream)
    {
        string name = upstream.Get(UpstreamSettings.Name);
        Uri url = upstream.Get(UpstreamSettings.Url)!;
        string shown = Uri.UnescapeDataString(
            url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
        return name.Length > 0 ? name : shown.TrimEnd('/');
    }

    /// <summary>Whether an upstream is a bucket.</summary>
    public static bool IsBucket(EffectiveSettings upstream) =>
        Buckets.Contains(upstream.Get(UpstreamSettings.Url)!.Scheme, StringComparer.Ordinal);

    /// <summary>Whether an upstream is a bucket that may be written to: what can be the storage backend.</summary>
    public static bool IsWritableBucket(EffectiveSettings upstream) =>
        IsBucket(upstream) && !upstream.Get(UpstreamSettings.ReadOnly);

    private static IEnumerable<(Setting Setting, string Problem)> CheckOne(EffectiveSettings upstream)
    {
        Uri url = upstream.Get(UpstreamSettings.Url)!;
        bool isBucket = IsBucket(upstream);
        if (url.Host.Length == 0 && url.Scheme is not ("github-actions" or "gitlab"))
        {
            yield return (UpstreamSettings.Url, $"expected a {(isBucket ? "bucket" : "host")} after {url.Scheme}://");
        }

        if (upstream.Get(UpstreamSettings.ReadOnly) && upstream.Get(UpstreamSettings.WriteOnly))
        {
            yield return (UpstreamSettings.WriteOnly, "expected only one of it and read_only, found both");
        }

        if (upstream.Get(UpstreamSettings.WriteOnly)
            && upstream.Get(UpstreamSettings.WriteThrough) == WriteThrough.Off)
        {
            yield return (UpstreamSettings.WriteThrough, "expected true or \"sync\" where write_only is set");
        }

        if ((upstream.Get(UpstreamSettings.AccessKey).Length > 0)
            != (upstream.Get(UpstreamSettings.SecretKey).Length > 0))
        {
            yield return (UpstreamSettings.SecretKey, "expected access_key and secret_key, found one of them");
        }

        foreach (Setting setting in BucketOnly.Where(setting => !isBucket && upstream.IsSet(setting)))
        {
            yield return (setting, $"expected only with s3:// or gs://, found it with {url.Scheme}://");
        }
    }

    private static readonly Setting[] BucketOnly =
    [
        UpstreamSettings.Prefix, UpstreamSettings.Endpoint, UpstreamSettings.PathStyle, UpstreamSettings.AccessKey,
        UpstreamSettings.SecretKey, UpstreamSettings.SessionToken, UpstreamSettings.Anonymous,
    ];

    private static SettingError Error(EffectiveSettings upstream, int index, Setting setting, string problem)
    {
        string key = string.Create(
            CultureInfo.InvariantCulture, $"{UpstreamSettings.Section.Name}[{index}].{setting.Name}");
        return new SettingError(upstream.OriginOf(setting), key, problem);
    }
}
