using Fabrik.EndToEndTests.Proxies.Origins;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>The part of <c>s3-proxy.yaml</c> that tests vary; all ports are chosen by the system.</summary>
internal sealed record ProxyConfiguration
{
    public required string StoreDirectory { get; init; }

    /// <summary>The buckets, each from its name on.</summary>
    public required IReadOnlyList<string> Buckets { get; init; }

    /// <summary>The public key that tokens must verify against.</summary>
    public string? PublicKeyFile { get; init; }

    /// <summary>The subject that tokens must have.</summary>
    public string Subject { get; init; } = "reader";

    /// <summary>How origins are asked, in YAML's flow style.</summary>
    public string Patience { get; init; } = "{}";

    /// <summary>A bucket of a real S3 server.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="prefix">The path that it is served under.</param>
    /// <param name="accessKey">What requests are signed with; its secret is <c>S3RVER</c>.</param>
    /// <param name="more">Other settings of the bucket, in YAML's flow style and each on a line.</param>
    public static string Bucket(int port, string prefix, string accessKey = "S3RVER", string more = "") =>
        $$"""
        name: products
              path_prefix: {{prefix}}
              s3:
                bucket: builds
                region: us-east-1
                endpoint: http://127.0.0.1:{{port}}
                access_key: {{accessKey}}
                secret_key: S3RVER
              {{more}}
        """;

    /// <summary>The bucket of an S3 server that is not ours, under <c>/products</c>.</summary>
    /// <param name="origin">The server.</param>
    /// <param name="keys">What requests are signed with.</param>
    /// <param name="cache">How long answers are kept, in YAML's flow style.</param>
    public static string Bucket(S3Origin origin, (string AccessKey, string SecretKey) keys, string cache) =>
        $$"""
        name: products
              path_prefix: /products
              s3:
                bucket: {{S3Origin.Bucket}}
                region: us-east-1
                endpoint: http://127.0.0.1:{{origin.Port}}
                access_key: {{keys.AccessKey}}
                secret_key: {{keys.SecretKey}}
              cache: {{cache}}
        """;

    /// <summary>Any other HTTP server.</summary>
    public static string Origin(int port) =>
        $$"""
        name: origin
              http_origin: { url: "http://127.0.0.1:{{port}}" }
        """;

    public string ToYaml() =>
        $$"""
        s3_proxy:
          bind: 127.0.0.1:0
          buckets:
            {{string.Join("\n    ", Buckets.Select(static bucket => "- " + bucket))}}
          {{(PublicKeyFile is null ? "" : Jwt)}}
          origin: {{Patience}}
          cache:
            disk: { dir: {{StoreDirectory}}, max_size: 1GB }
        observability:
          health_bind: 127.0.0.1:0
          api_bind: 127.0.0.1:0
          api_auth_required: false
        runtime:
          graceful_shutdown_timeout: 30s

        """;

    private string Jwt =>
        $$"""
        jwt:
            public_key_file: {{PublicKeyFile}}
            token_sources: [ { type: bearer }, { type: query, name: token } ]
            claims: [ { claim: sub, operator: equals, value: {{Subject}} } ]
        """;
}
