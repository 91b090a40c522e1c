using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>
/// Real layers: caches beside builds (layer 1), each with a store of its own, before one that only they use (layer 2),
/// by way of a link that can be made faulty; where asked for before an S3 server (layer 3).
/// </summary>
internal sealed class LayerStack : IAsyncDisposable
{
    private readonly List<FabrikServer> _first = [];
    private ServerConfiguration _secondConfiguration;

    private LayerStack(Sandbox sandbox, S3Server? s3, ServerConfiguration second)
    {
        Sandbox = sandbox;
        S3 = s3;
        _secondConfiguration = second;
    }

    public Sandbox Sandbox { get; }

    public S3Server? S3 { get; }

    public FabrikServer Second { get; private set; } = null!;

    public FaultyLink Link { get; private set; } = null!;

    /// <summary>Starts the second layer, and what is behind it.</summary>
    public static async Task<LayerStack> StartAsync(Sandbox sandbox, bool withS3, TokenIssuer? issuer = null)
    {
        var s3 = withS3 ? await S3Server.StartAsync(sandbox) : null;
        return await StartAsync(
            sandbox,
            second => second with
            {
                PublicKeyFile = issuer?.PublicKeyFile,
                Upstreams = s3 is null ? [] : [s3.Upstream("permanent = true")],
            },
            s3);
    }

    /// <summary>Starts a second layer that is configured as the test wants it.</summary>
    public static async Task<LayerStack> StartAsync(
        Sandbox sandbox, Func<ServerConfiguration, ServerConfiguration> configure, S3Server? s3 = null)
    {
        var stack = new LayerStack(sandbox, s3, configure(new ServerConfiguration
        {
            FileName = "second.toml",
            StoreDirectory = sandbox.In("second-store"),
            IsSecondLayer = true,
        }));
        await stack.StartSecondAsync();
        stack.Link = new FaultyLink(stack.Second.Ports.Fabrik);
        return stack;
    }

    /// <summary>Starts a machine with an empty store of its own in front of the second layer.</summary>
    public Task<FabrikServer> StartFirstAsync(string name, string more = "", string? tokenFile = null) =>
        StartFirstAsync(FirstConfiguration(name, more, tokenFile));

    /// <summary>Starts a machine that is configured as the test wants it.</summary>
    public async Task<FabrikServer> StartFirstAsync(ServerConfiguration configuration)
    {
        var server = await FabrikServer.StartAsync(Sandbox, configuration);
        _first.Add(server);
        return server;
    }

    /// <summary>The configuration of such a machine.</summary>
    public ServerConfiguration FirstConfiguration(string name, string more = "", string? tokenFile = null) => new()
    {
        FileName = $"{name}.toml",
        StoreDirectory = Sandbox.In($"{name}-store"),
        TokenFile = tokenFile,
        Upstreams = [$"name = \"second\"\nurl = \"{Scheme}://127.0.0.1:{Link.Port}\"\n{more}"],
    };

    /// <summary>Ends the second layer and starts it again, with its store or without, or configured anew.</summary>
    public async Task RestartSecondAsync(
        bool emptied, Func<ServerConfiguration, ServerConfiguration>? configure = null)
    {
        _secondConfiguration = configure?.Invoke(_secondConfiguration) ?? _secondConfiguration;
        await Second.KillAsync();
        await Second.DisposeAsync();
        if (emptied)
        {
            Directory.Delete(_secondConfiguration.StoreDirectory, recursive: true);
        }

        await StartSecondAsync();
        Link.Retarget(Second.Ports.Fabrik);
        Link.Become(LinkFault.None);
    }

    /// <summary>Waits until a server has carried everything upward.</summary>
    public static Task CarriedAsync(FabrikServer server) => Poll.UntilAsync(
        async () => (await server.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth") == 0,
        () => $"uploads still wait. The log:\n{server.Log}");

    public static CacheAccess AccessTo(FabrikServer first) => CacheAccess.To(first, "no-token-is-needed");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _first)
        {
            await server.DisposeAsync();
        }

        await Link.DisposeAsync();
        await Second.DisposeAsync();
        if (S3 is not null)
        {
            await S3.DisposeAsync();
        }
    }

    private string Scheme => _secondConfiguration.Certificate is null ? "grpc" : "grpcs";

    private async Task StartSecondAsync() => Second = await FabrikServer.StartAsync(Sandbox, _secondConfiguration);
}
