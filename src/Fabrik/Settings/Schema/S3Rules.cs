using Fabrik.Wire.S3;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of the S3 API.</summary>
internal static class S3Rules
{
    /// <summary>Gives all errors that it finds.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (EffectiveSettings bucket in settings.Items(S3Settings.Buckets))
        {
            string name = bucket.Get(S3Settings.BucketName);
            if (!S3Target.IsBucketName(name))
            {
                yield return Error(bucket, S3Settings.BucketName, $"expected the name of a bucket, found \"{name}\"");
            }
            else if (!names.Add(name))
            {
                yield return Error(bucket, S3Settings.BucketName, $"is there twice: \"{name}\"");
            }
        }

        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (EffectiveSettings key in settings.Items(S3Settings.AccessKeys))
        {
            string id = key.Get(S3Settings.AccessKey);
            if (id.Length == 0 || id.AsSpan().ContainsAny(", /") || key.Get(S3Settings.SecretKey).Length == 0)
            {
                yield return Error(
                    key, S3Settings.AccessKey, "expected an id without comma, slash and space, and a secret_key");
            }
            else if (!keys.Add(id))
            {
                yield return Error(key, S3Settings.AccessKey, $"is there twice: \"{id}\"");
            }
        }
    }

    private static SettingError Error(EffectiveSettings item, Setting setting, string problem) =>
        new(item.OriginOf(setting), setting.Key, problem);
}
