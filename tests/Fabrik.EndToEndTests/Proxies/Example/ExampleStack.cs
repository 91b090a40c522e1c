using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.EndToEndTests.Clients.S3;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Proxies.Example;

/// <summary>
/// What <c>examples/s3-proxy.yaml</c> is in front of: its buckets, in Fabrik's own S3 API, its mirror, and tokens.
/// </summary>
internal sealed class ExampleStack : IAsyncDisposable
{
    /// <summary>The keys that the proxy starts with.</summary>
    public static readonly (string AccessKey, string SecretKey) FirstKeys = ("FIRSTKEY", "the-first-secret");

    /// <summary>Those that it is given later.</summary>
    public static readonly (string AccessKey, string SecretKey) SecondKeys = ("SECONDKEY", "the-second-secret");

    private readonly Sandbox _sandbox;

    private ExampleStack(Sandbox sandbox, FabrikServer server, HeldOrigin mirror, TokenIssuer issuer) =>
        (_sandbox, Server, Mirror, Issuer) = (sandbox, server, mirror, issuer);

    public FabrikServer Server { get; }

    public HeldOrigin Mirror { get; }

    public TokenIssuer Issuer { get; }

    public static async Task<ExampleStack> StartAsync(Sandbox sandbox)
    {
        var server = await FabrikServer.StartAsync(sandbox, Configuration(sandbox, [FirstKeys, SecondKeys]));
        var mirror = await HeldOrigin.StartAsync();
        mirror.Release();
        return new ExampleStack(sandbox, server, mirror, await TokenIssuer.CreateAsync(sandbox));
    }

    /// <summary>Starts the proxy with the file, as the documentation says how; what differs are flags.</summary>
    public Task<ProxyServer> StartProxyAsync(string file)
    {
        var endpoint = $"http://127.0.0.1:{Server.Ports.S3}";
        string[] flags =
        [
            "--config-s3-proxy-bind", "127.0.0.1:0",
            "--config-s3-proxy-jwt-public-key-file", Issuer.PublicKeyFile,
            "--config-s3-proxy-cache-disk-dir", _sandbox.In("proxy-store"),
            "--config-s3-proxy-buckets-1-s3-endpoint", endpoint,
            "--config-s3-proxy-buckets-2-s3-endpoint", endpoint,
            "--config-s3-proxy-buckets-3-http-origin-url", $"http://127.0.0.1:{Mirror.Port}/pub",
            // A test that waits in a download must not be taken for a client that is too slow.
            "--config-runtime-min-data-rate", "0",
            "--config-observability-health-bind", "127.0.0.1:0",
            "--config-observability-api-bind", "127.0.0.1:0",
        ];
        return ProxyServer.StartAsync(
            _sandbox,
            file,
            flags,
            ("S3_ENDPOINT", endpoint),
            ("S3_ACCESS_KEY", FirstKeys.AccessKey),
            ("S3_SECRET_KEY", FirstKeys.SecretKey),
            ("AWS_ACCESS_KEY_ID", SecondKeys.AccessKey),
            ("AWS_SECRET_ACCESS_KEY", SecondKeys.SecretKey));
    }

    public async Task PutAsync(string bucket, string key, byte[] bytes)
    {
        using var client = AwsSdk.ClientOf(Server.Ports.S3, SecondKeys);
        using MemoryStream stream = new(bytes);
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, InputStream = stream, UseChunkEncoding = false });
    }

    /// <summary>Takes the first keys away; the buckets know them no more when this is done.</summary>
    public async Task RevokeFirstKeysAsync()
    {
        await File.WriteAllTextAsync(Server.ConfigurationFile, Configuration(_sandbox, [SecondKeys]).ToToml());
        Server.Send(Signal.Hangup);
        using var client = AwsSdk.ClientOf(Server.Ports.S3, FirstKeys);
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "my-products" });
                    return false;
                }
                catch (AmazonS3Exception refusal) when (refusal.ErrorCode == "InvalidAccessKeyId")
                {
                    return true;
                }
            },
            () => $"the keys are still good: {Server.Log}");
    }

    public async ValueTask DisposeAsync()
    {
        await Mirror.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static ServerConfiguration Configuration(Sandbox sandbox, (string AccessKey, string SecretKey)[] keys)
    {
        string[] buckets = ["my-products", "my-products-west", "my-site", "my-reports"];
        var tables = buckets.Select(static name => $"[[build_tools.s3.buckets]]\nname = \"{name}\"").Concat(keys.Select(
            static key => "[[build_tools.s3.access_keys]]\n"
                + $"access_key = \"{key.AccessKey}\"\nsecret_key = \"{key.SecretKey}\""));
        return new ServerConfiguration { StoreDirectory = sandbox.In("store"), S3 = string.Join('\n', tables) };
    }
}
