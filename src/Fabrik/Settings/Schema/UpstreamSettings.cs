using Fabrik.Cache.Layers;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[[upstream]]</c>: the layers behind the local store, asked in the order in which they stand.</summary>
internal static class UpstreamSettings
{
    /// <summary>What an upstream's URL may begin with.</summary>
    public static readonly IReadOnlyList<string> Schemes =
        ["grpc", "grpcs", "s3", "gs", "http", "https", "github-actions", "gitlab"];

    private static readonly UpstreamOptions Defaults = new() { Name = "" };

    public static readonly SettingsSection Section = new(
        "upstream", "A layer behind the local store. Upstreams are asked in the order in which they stand.")
    {
        IsArray = true,
    };

    public static readonly Setting<Uri?> Url = Section.Add(new Setting<Uri?>(SettingTypes.Url([.. Schemes]))
    {
        Name = "url",
        Help = "Where it is: another Fabrik (`grpc://host:7070`, `grpcs://`), a bucket (`s3://bucket/prefix`, "
            + "`gs://bucket/prefix`), any HTTP cache (`http://`, `https://`), or the cache of the CI service that this "
            + "runs in (`github-actions://`, `gitlab://`). `{customer_id}` in a prefix is the tenant.",
        IsRequired = true,
    });

    public static readonly Setting<string> Name = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "name",
        Help = "Its name in logs and metrics; empty takes scheme and host.",
        Fallback = "",
    });

    public static readonly Setting<bool> ReadOnly = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "read_only",
        Help = "Whether nothing is ever written to it.",
    });

    public static readonly Setting<bool> WriteOnly = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "write_only",
        Help = "Whether nothing is ever read from it: a copy for others.",
    });

    public static readonly Setting<bool> Permanent = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "permanent",
        Help = "Whether nothing is ever deleted from it, also not what is deleted here.",
    });

    public static readonly Setting<WriteThrough> WriteThrough = Section.Add(new Setting<WriteThrough>(
        new WriteThroughType())
    {
        Name = "write_through",
        Help = "When a write reaches it: true queues it durably and acknowledges at once, \"sync\" waits for the "
            + "upstream first (and queues when that fails), false never writes.",
        Fallback = Defaults.WriteThrough,
    });

    public static readonly Setting<int> Workers = Section.Add(new Setting<int>(SettingTypes.Integer(1, 1000))
    {
        Name = "workers",
        Help = "Uploads at a time.",
        Fallback = Defaults.Workers,
    });

    public static readonly Setting<int> QueueLimit = Section.Add(new Setting<int>(SettingTypes.Integer(1, 10_000_000))
    {
        Name = "queue_limit",
        Help = "Uploads that may wait. Further ones are dropped and counted: builds never wait for them.",
        Fallback = Defaults.QueueLimit,
    });

    public static readonly Setting<TimeSpan> QueueMaxAge = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMinutes(1)))
    {
        Name = "queue_max_age",
        Help = "How long an upload is tried again before it is dropped and counted.",
        Fallback = Defaults.QueueMaxAge,
    });

    public static readonly Setting<TimeSpan> Timeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)))
    {
        Name = "timeout",
        Help = "How long a transfer may go on without a byte.",
        Fallback = Defaults.Timeout,
    });

    public static readonly Setting<TimeSpan> AnswerTimeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)))
    {
        Name = "answer_timeout",
        Help = "How long an answer may take to begin; a miss never holds a build up for longer.",
        Fallback = Defaults.AnswerTimeout,
    });

    public static readonly Setting<TimeSpan> ConnectTimeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)))
    {
        Name = "connect_timeout",
        Help = "How long a connection may take to be made.",
        Fallback = TimeSpan.FromSeconds(2),
    });

    public static readonly Setting<TimeSpan> MaxLatency = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)))
    {
        Name = "max_latency",
        Help = "While its answers take longer than this it is not asked, but for a probe now and then: building again "
            + "is quicker.",
        Fallback = Defaults.MaxLatency,
    });

    public static readonly Setting<ByteSize> MinRate = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.GiB(1)))
    {
        Name = "min_rate",
        Help = "Bytes per second that a transfer must reach; a slower one is given up. 0 for any.",
        Fallback = new ByteSize(Defaults.MinRate),
    });

    public static readonly Setting<int> Retries = Section.Add(new Setting<int>(SettingTypes.Integer(0, 10))
    {
        Name = "retries",
        Help = "Further tries of a read, within `answer_timeout`. Writes are tried again by the queue.",
        Fallback = Defaults.Retries,
    });

    public static readonly Setting<bool> Hedge = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "hedge",
        Help = "Whether a read that takes unusually long is sent a second time, for the first answer.",
        Fallback = Defaults.Hedge,
    });

    public static readonly Setting<string> Token = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "token",
        Help = "The token that it is shown; empty takes `auth.token`.",
        Fallback = "",
        IsSecret = true,
    });

    public static readonly Setting<string> TokenFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "token_file",
        Help = "A file with that token, read again when it changes; empty takes `auth.token_file`.",
        Fallback = "",
    });

    public static readonly Setting<string> CaFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "ca_file",
        Help = "A PEM file with the certificate authorities that vouch for it; empty takes the system's.",
        Fallback = "",
    });

    public static readonly Setting<string> Prefix = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "prefix",
        Help = "What keys in a bucket begin with, behind the path of the URL.",
        Fallback = "",
    });

    public static readonly Setting<string> Region = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "region",
        Help = "The region of a bucket; empty takes AWS_REGION, or else us-east-1.",
        Fallback = "",
        StandardVariables = ["AWS_REGION"],
    });

    public static readonly Setting<Uri?> Endpoint = Section.Add(new Setting<Uri?>(SettingTypes.Url("https", "http"))
    {
        Name = "endpoint",
        Help = "The address of an S3-compatible server; empty for AWS, or Google for `gs://`.",
    });

    public static readonly Setting<bool?> PathStyle = Section.Add(new Setting<bool?>(
        SettingTypes.Optional(SettingTypes.Boolean))
    {
        Name = "path_style",
        Help = "Whether the bucket stands in the path instead of the host; \"none\" does so where `endpoint` is set.",
    });

    public static readonly Setting<string> AccessKey = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "access_key",
        Help = "The access key of a bucket (an HMAC key for `gs://`); empty looks where AWS's tools look.",
        Fallback = "",
    });

    public static readonly Setting<string> SecretKey = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "secret_key",
        Help = "The secret that belongs to `access_key`.",
        Fallback = "",
        IsSecret = true,
    });

    public static readonly Setting<string> SessionToken = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "session_token",
        Help = "The session token that belongs to temporary keys.",
        Fallback = "",
        IsSecret = true,
    });

    public static readonly Setting<bool> Anonymous = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "anonymous",
        Help = "Whether requests to a bucket are not signed.",
    });
}
