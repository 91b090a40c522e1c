using Fabrik.Proxies.Origins;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Proxies;

/// <summary>What is behind buckets, out of settings.</summary>
/// <param name="settings">The settings of the process.</param>
/// <param name="credentials">What requests are signed with.</param>
internal sealed class BucketOrigins(EffectiveSettings settings, CredentialTable credentials)
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>What is behind one bucket.</summary>
    public OriginOptions Of(EffectiveSettings bucket)
    {
        S3ProxyConnectionSettings how = S3ProxySettings.Connections;
        bool isHttp = bucket.Get(S3ProxyBucketSettings.HttpUrl) is not null;
        List<ReplicaOptions> replicas = isHttp ? [Http(bucket)] : Replicas(bucket);
        return new OriginOptions
        {
            Name = bucket.Get(S3ProxyBucketSettings.Name),
            Replicas = replicas,
            ConnectTimeout = settings.Get(how.ConnectTimeout),
            AnswerTimeout = settings.Get(how.AnswerTimeout),
            IdleTimeout = settings.Get(how.IdleTimeout),
            MaxConnections = Math.Max(1, settings.Get(how.MaxConnections)),
            Retries = settings.Get(how.Retries),
            RetriesStatuses = !isHttp,
            BreakerFailures = settings.Get(how.BreakerFailures),
            BreakerPause = settings.Get(how.BreakerCooldown),
            HedgeAfter = settings.Get(how.HedgeAfter),

            // Where there is no other to turn to, nothing would follow from it.
            HealthInterval = replicas.Count > 1 ? settings.Get(how.HealthInterval) : null,
        };
    }

    private static ReplicaOptions Http(EffectiveSettings bucket) => new()
    {
        Name = bucket.Get(S3ProxyBucketSettings.Name),
        Url = bucket.Get(S3ProxyBucketSettings.HttpUrl)!,
    };

    private List<ReplicaOptions> Replicas(EffectiveSettings bucket)
    {
        string name = bucket.Get(S3ProxyBucketSettings.Name);
        List<(int Priority, ReplicaOptions Options)> all = [];
        if (bucket.Get(S3ProxyBucketSettings.Origin.Bucket).Length > 0)
        {
            all.Add((0, Replica(name, new OriginValues(bucket, S3ProxyBucketSettings.Origin, around: null))));
        }

        IReadOnlyList<EffectiveSettings> replicas = bucket.Items(S3ProxyBucketSettings.Replicas);
        for (int i = 0; i < replicas.Count; i++)
        {
            string given = replicas[i].Get(S3ProxyBucketSettings.ReplicaName);
            OriginValues values = new(replicas[i], S3ProxyBucketSettings.Replica, bucket);
            all.Add((
                replicas[i].Get(S3ProxyBucketSettings.ReplicaPriority),
                Replica(given.Length > 0 ? given : $"{name}-{i + 1}", values)));
        }

        // The sort is stable: those of one priority stay in the order in which they stand.
        return [.. all.OrderBy(replica => replica.Priority).Select(replica => replica.Options)];
    }

    private ReplicaOptions Replica(string name, OriginValues values)
    {
        string region = values.Region is { Length: > 0 } given ? given : DefaultRegion;
        return new ReplicaOptions
        {
            Name = name,
            Url = values.Endpoint ?? new Uri($"https://s3.{region}.amazonaws.com"),
            AnswerTimeout = values.Timeout,
            S3 = new S3ReplicaOptions
            {
                Bucket = values.Bucket,
                Region = region,
                UsesPathStyle = values.PathStyle ?? values.Endpoint is not null,
                Credentials = Credentials(values),
            },
        };
    }

    private OriginCredentials? Credentials(OriginValues values) => values.Anonymous
        ? null
        : credentials.Of(values.AccessKey, values.SecretKey, values.SessionToken);

    // A replica's settings, and those of the bucket where it has none. Keys go together.
    private readonly struct OriginValues(
        EffectiveSettings own, S3ProxyOriginSettings keys, EffectiveSettings? around)
    {
        private static readonly S3ProxyOriginSettings Around = S3ProxyBucketSettings.Origin;

        public string Bucket => Text(keys.Bucket, Around.Bucket);

        public string Region => Text(keys.Region, Around.Region);

        public Uri? Endpoint => own.Get(keys.Endpoint) ?? around?.Get(Around.Endpoint);

        public bool? PathStyle => own.Get(keys.PathStyle) ?? around?.Get(Around.PathStyle);

        public TimeSpan? Timeout => own.Get(keys.Timeout) ?? around?.Get(Around.Timeout);

        public bool Anonymous => own.Get(keys.Anonymous) || (InheritsKeys && around!.Get(Around.Anonymous));

        public string AccessKey => InheritsKeys ? around!.Get(Around.AccessKey) : own.Get(keys.AccessKey);

        public string SecretKey => InheritsKeys ? around!.Get(Around.SecretKey) : own.Get(keys.SecretKey);

        public string SessionToken => InheritsKeys ? around!.Get(Around.SessionToken) : own.Get(keys.SessionToken);

        private bool InheritsKeys =>
            around is not null && own.Get(keys.AccessKey).Length == 0 && !own.Get(keys.Anonymous);

        private string Text(Setting<string> setting, Setting<string> outer) =>
            own.Get(setting) is { Length: > 0 } text ? text : around?.Get(outer) ?? "";
    }
}
