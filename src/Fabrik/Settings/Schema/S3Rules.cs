using System.Globalization;
using Fabrik.Wire.S3;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of the S3 API.</summary>
internal static class S3Rules
{
    /// <summary>Gives all errors that it finds.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings) =>
        CheckItems(settings, S3Settings.Buckets, S3Settings.BucketName, ProblemOfBucket)
            .Concat(CheckItems(settings, S3Settings.AccessKeys, S3Settings.AccessKey, ProblemOfKey));

    private static string? ProblemOfBucket(EffectiveSettings bucket, string name) =>
        S3Target.IsBucketName(name) ? null : $"expected the name of a bucket, found \"{name}\"";

    private static string? ProblemOfKey(EffectiveSettings key, string id) =>
        id.Length == 0 || id.AsSpan().ContainsAny(", /")
            ? "expected an id without comma, slash and space"
            : key.Get(S3Settings.SecretKey).Length == 0
                ? "expected a secret_key that is not empty beside it"
                : null;

    private static IEnumerable<SettingError> CheckItems(
        EffectiveSettings settings,
        SettingsSection section,
        Setting<string> name,
        Func<EffectiveSettings, string, string?> problemOf)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((int index, EffectiveSettings item) in settings.Items(section).Index())
        {
            string text = item.Get(name);
            string? problem = problemOf(item, text) ?? (seen.Add(text) ? null : $"is there twice: \"{text}\"");
            if (problem is not null)
            {
                string at = string.Create(CultureInfo.InvariantCulture, $"[{index}]");
                string key = name.Key.Replace("[]", at, StringComparison.Ordinal);
                yield return new SettingError(item.OriginOf(name), key, problem);
            }
        }
    }
}
