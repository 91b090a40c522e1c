namespace Fabrik.Upstreams.S3;

/// <summary>A bucket, and how to reach it: AWS, Google Cloud Storage, or any server that speaks S3.</summary>
public sealed record S3Options
{
    /// <summary>Where Google Cloud Storage speaks S3 (its XML API).</summary>
    public static readonly Uri GoogleEndpoint = new("https://storage.googleapis.com");

    /// <summary>The smallest part that S3 takes, but for the last one.</summary>
    public const int MinPartSize = 5 * 1024 * 1024;

    /// <summary>The largest part that is kept in memory for an upload.</summary>
    public const int MaxPartSize = 64 * 1024 * 1024;

    /// <summary>The bucket's name; it must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>
    /// What every key begins with, as it stands, so mostly with a <c>/</c> at its end; <c>{customer_id}</c> in it
    /// stands for the tenant.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>The server, or null for AWS itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// The bucket's region; null takes <c>AWS_REGION</c>, then <c>AWS_DEFAULT_REGION</c>, then <c>us-east-1</c>.
    /// </summary>
    public string? Region { get; init; }

    /// <summary>
    /// Whether the bucket is in the path instead of in the host's name; null for yes where there is an endpoint.
    /// </summary>
    public bool? PathStyle { get; init; }

    /// <summary>The access key; null takes the credentials that the AWS SDK finds (variables, profile, role).</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret that belongs to the access key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The session token of temporary credentials.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Requests are not signed: for buckets that anybody may read.</summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// Requests carry this bearer token instead of a signature, in the form that Google Cloud Storage takes.
    /// </summary>
    public BearerToken? Bearer { get; init; }

    /// <summary>
    /// Bytes of a part: larger objects go up in parts, one after the other, and an upload takes this much memory.
    /// </summary>
    public int PartSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>The longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections to the server at most; further requests wait for one.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Whether this is Google Cloud Storage, which has conditional writes of its own kind.</summary>
    public bool IsGoogle => Endpoint?.Host == GoogleEndpoint.Host || Bearer is not null;

    /// <summary>What is wrong with these options, or null.</summary>
    public string? Validate()
    {
        var ways = (AccessKey is null ? 0 : 1) + (Anonymous ? 1 : 0) + (Bearer is null ? 0 : 1);
        return this switch
        {
            { Bucket: "" } => "the bucket has no name",
            { AccessKey: null, SecretKey: not null } => "there is a secret key, but no access key",
            { AccessKey: not null, SecretKey: null } => "there is an access key, but no secret key",
            { AccessKey: null, SessionToken: not null } => "there is a session token, but no access key",
            { Endpoint: { } url } when url.Scheme is not ("http" or "https") =>
                $"the endpoint is {url.Scheme}://, expected http:// or https://",
            { Endpoint: { } url } when url.AbsolutePath != "/" || url.Query != "" || url.UserInfo != "" =>
                "the endpoint has more than scheme, host and port",
            { PartSize: < MinPartSize or > MaxPartSize } =>
                $"a part has {PartSize} bytes, expected {MinPartSize} to {MaxPartSize}",
            { MaxConnections: < 1 } => "at least one connection is needed",
            _ => ways > 1 ? "only one of access key, anonymous and bearer token can be used" : null,
        };
    }

    /// <summary>The bucket as a URL, without any secret.</summary>
    public override string ToString() => $"{(IsGoogle ? "gs" : "s3")}://{Bucket}";
}
