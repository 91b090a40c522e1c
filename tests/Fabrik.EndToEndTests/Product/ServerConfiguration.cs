namespace Fabrik.EndToEndTests.Product;

/// <summary>The part of <c>fabrik.toml</c> that tests vary; all ports are chosen by the system.</summary>
internal sealed record ServerConfiguration
{
    public required string StoreDirectory { get; init; }

    /// <summary>The public key that tokens must verify against; null leaves the server open.</summary>
    public string? PublicKeyFile { get; init; }

    public string MaxSize { get; init; } = "1GB";

    public string LogLevel { get; init; } = "info";

    public string ToToml() =>
        $"""
        [cache]
        dir = "{StoreDirectory}"
        max_size = "{MaxSize}"

        [auth]
        required = {(PublicKeyFile is null ? "false" : "true")}
        {(PublicKeyFile is null ? "" : $"public_key_file = \"{PublicKeyFile}\"")}

        [build_tools]
        bind = "127.0.0.1"
        port = 0

        [observability]
        health_bind = "127.0.0.1:0"
        api_bind = "127.0.0.1:0"
        api_auth_required = false
        log_level = "{LogLevel}"

        [runtime]
        graceful_shutdown_timeout = "30s"
        """;
}
