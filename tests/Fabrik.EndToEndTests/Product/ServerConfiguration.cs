namespace Fabrik.EndToEndTests.Product;

/// <summary>The part of <c>fabrik.toml</c> that tests vary; all ports are chosen by the system.</summary>
internal sealed record ServerConfiguration
{
    public required string StoreDirectory { get; init; }

    /// <summary>The file's name in the sandbox; servers that run beside each other have their own.</summary>
    public string FileName { get; init; } = "fabrik.toml";

    /// <summary>The public key that tokens must verify against; null leaves the server open.</summary>
    public string? PublicKeyFile { get; init; }

    public string MaxSize { get; init; } = "1GB";

    /// <summary>How long what a client was told of is safe from eviction.</summary>
    public string Lease { get; init; } = "3h";

    public string LogLevel { get; init; } = "info";

    /// <summary>The address that it listens on.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The network namespace that it runs in; null for that of the test.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether the Fabrik protocol is served, and then nothing else: a second layer.</summary>
    public bool IsSecondLayer { get; init; }

    /// <summary>Where the Fabrik protocol is served.</summary>
    public string Bind { get; init; } = "127.0.0.1:0";

    /// <summary>The tables of upstreams.</summary>
    public IReadOnlyList<string> Upstreams { get; init; } = [];

    /// <summary>A file with the token that upstreams are shown.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The claim that tells tenants apart.</summary>
    public string TenantClaim { get; init; } = "";

    /// <summary>What keeps artifacts for good: <c>rocksdb</c>, or <c>s3</c>.</summary>
    public string StorageBackend { get; init; } = "rocksdb";

    /// <summary>What the Fabrik protocol is served with; null without TLS.</summary>
    public TestCertificate? Certificate { get; init; }

    /// <summary>The collector of spans; null for none.</summary>
    public Uri? Collector { get; init; }

    /// <summary>What stands on the command line beside the configuration.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that the process has beside those of the sandbox.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>Settings of the S3 API, and tables in them.</summary>
    public string S3 { get; init; } = "";

    public string ToToml() =>
        $"""
        [cache]
        dir = "{StoreDirectory}"
        max_size = "{MaxSize}"
        lease = "{Lease}"
        storage_backend = "{StorageBackend}"

        [auth]
        required = {(PublicKeyFile is null ? "false" : "true")}
        {(PublicKeyFile is null ? "" : $"public_key_file = \"{PublicKeyFile}\"")}
        {(TokenFile is null ? "" : $"token_file = \"{TokenFile}\"")}
        tenant_claim = "{TenantClaim}"

        [build_tools]
        bind = "{Host}"
        port = 0
        {(IsSecondLayer ? "enabled = []" : "")}

        [build_tools.bazel]
        port = 0

        [build_tools.s3]
        port = 0
        {S3}

        [fabrik]
        enabled = {(IsSecondLayer ? "true" : "false")}
        bind = "{Bind}"
        {Tls}

        {string.Join('\n', Upstreams.Select(upstream => "[[upstream]]\n" + upstream))}

        [observability]
        health_bind = "{Host}:0"
        api_bind = "{Host}:0"
        api_auth_required = false
        log_level = "{LogLevel}"
        {Tracing}

        [runtime]
        graceful_shutdown_timeout = "30s"
        """;

    private string Tls => Certificate is null
        ? ""
        : $"tls_cert_file = \"{Certificate.File}\"\ntls_key_file = \"{Certificate.KeyFile}\"";

    private string Tracing => Collector is null
        ? ""
        : $"tracing_enabled = true\ntracing_protocol = \"http\"\ntracing_endpoint = \"{Collector}\"";
}
