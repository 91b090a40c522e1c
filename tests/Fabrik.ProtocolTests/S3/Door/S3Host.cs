using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Auth;
using Fabrik.Server.Transport;
using Fabrik.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>The S3 door on a real Kestrel at a free port of loopback, over a tier in memory.</summary>
internal sealed class S3Host : IAsyncDisposable
{
    /// <summary>The bucket that there is.</summary>
    public const string Bucket = "fabrik";

    /// <summary>A key that may do everything.</summary>
    public const string AllKey = "AKALL";

    /// <summary>A key that may read.</summary>
    public const string ReadKey = "AKREAD";

    /// <summary>A key that may read and write, and not overwrite or delete.</summary>
    public const string WriteKey = "AKWRITE";

    /// <summary>A key of another tenant that may do everything.</summary>
    public const string TenantKey = "AKTENANT";

    /// <summary>The secret of all keys.</summary>
    public const string Secret = "a/secret+of=40-characters";

    private readonly WebApplication _app;
    private readonly ServerMetrics _metrics = new();
    private readonly List<AmazonS3Client> _clients = [];

    private S3Host(ServerOptions options, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, static listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.UseDirectOutput(TimeProvider.System, slowest: null);
            });
        });
        _app = builder.Build();
        _app.UsePlainFraming();
        _app.UseRouting();
        var services = new ServerServices
        {
            Cache = Tier,
            Authenticator = Authenticator,
            Options = options,
            Time = time,
            Logs = NullLoggerFactory.Instance,
            Metrics = _metrics,
            Gate = Gate,
        };
        ServerRoutes.MapS3(
            _app, services, new S3Services { Listing = Tier, Staging = Tier, Options = () => Options });
    }

    public RequestGate Gate { get; } = new(64, TimeProvider.System);

    public MemoryTier Tier { get; } = new();

    public TestAuthenticator Authenticator { get; } = new() { Open = true };

    /// <summary>What holds from the next request on.</summary>
    public S3Options Options { get; set; } = new();

    /// <summary>Sends to the server; follows nothing and adds nothing.</summary>
    public HttpClient Client { get; private set; } = null!;

    public static async Task<S3Host> StartAsync(ServerOptions? options = null, TimeProvider? time = null)
    {
        var host = new S3Host(options ?? new ServerOptions(), time ?? TimeProvider.System);
        await host._app.StartAsync();
        host.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(host._app.Urls.Single()),
        };
        return host;
    }

    /// <summary>Requires one of the access keys from now on.</summary>
    public void RequireKeys() => Options = Options with
    {
        AccessKeys =
        [
            Key(AllKey, Permissions.All),
            Key(ReadKey, Permissions.Read),
            Key(WriteKey, Permissions.Read | Permissions.Write),
            new S3AccessKey(TenantKey, Secret, new CachePrincipal
            {
                Subject = TenantKey,
                Permissions = Permissions.All,
                Tenant = "other",
            }),
        ],
    };

    /// <summary>Amazon's own client.</summary>
    public AmazonS3Client Sdk(string key = AllKey, string secret = Secret, Action<AmazonS3Config>? change = null)
    {
        var config = new AmazonS3Config
        {
            ServiceURL = Client.BaseAddress!.ToString(),
            ForcePathStyle = true,
            UseHttp = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
        };
        change?.Invoke(config);
        AmazonS3Client client = new(new BasicAWSCredentials(key, secret), config);
        _clients.Add(client);
        return client;
    }

    /// <summary>Sends bytes as they are, and reads one answer.</summary>
    public async Task<RawAnswer> SendRawAsync(string request)
    {
        await using var connection = await RawConnection.OpenAsync(Client.BaseAddress!.Port);
        await connection.SendAsync(request);
        return await connection.ReadAnswerAsync();
    }

    /// <summary>Sends one request whose target goes over the wire as it is.</summary>
    public Task<RawAnswer> SendAsync(string method, string target, string body = "", params string[] headers) =>
        SendRawAsync(
            $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n"
            + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n" + body);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        Client.Dispose();
        await _app.DisposeAsync();
        _metrics.Dispose();
    }

    private static S3AccessKey Key(string id, Permissions permissions) =>
        new(id, Secret, new CachePrincipal { Subject = id, Permissions = permissions });
}
