using System.Net;
using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using Fabrik.Server;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Microbenchmarks.Rpc;

/// <summary>
/// What a message of 128 KiB costs over a real Kestrel on loopback, client and server together: up in a client stream,
/// down in a server stream; and a small unary call. The client is bare HTTP/2, so that nearly all is the server's.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
[MedianColumn]
public class RpcStreamBenchmarks
{
    private const int MessageSize = 128 * 1024;
    private const int Messages = 256;
    private const string Service = "bench.v1.Stream";

    private static readonly byte[] UpFrame = Frame(new byte[MessageSize]);
    private static readonly byte[] SmallFrame = Frame([1, 2, 3]);

    private readonly byte[] _buffer = new byte[256 * 1024];
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    /// <summary>Starts the server.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.MapRpc(Define(), RpcDoor.Guarded(Services(), "bench"));
        await _app.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = new Uri(_app.Urls.Single()),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Stops it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>One message up.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task Up() => CallAsync("Up", UpFrame, Messages);

    /// <summary>One message down.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public Task Down() => CallAsync("Down", SmallFrame, 1);

    /// <summary>One call with a few bytes each way.</summary>
    [Benchmark]
    public Task Unary() => CallAsync("Unary", SmallFrame, 1);

    private static ServerServiceDefinition Define()
    {
        // As hot messages do: what is received goes into memory that is used again, what is sent is there already.
        var scratch = new byte[MessageSize];
        var marshaller = new Marshaller<byte[]>(
            static (message, context) =>
            {
                context.SetPayloadLength(message.Length);
                System.Buffers.BuffersExtensions.Write(context.GetBufferWriter(), message);
                context.Complete();
            },
            context =>
            {
                System.Buffers.BuffersExtensions.CopyTo(context.PayloadAsReadOnlySequence(), scratch);
                return scratch;
            });
        Method<byte[], byte[]> Describe(MethodType type, string name) =>
            new(type, Service, name, marshaller, marshaller);
        return ServerServiceDefinition.CreateBuilder()
            .AddMethod(Describe(MethodType.Unary, "Unary"), static (request, _) => Task.FromResult(request))
            .AddMethod(Describe(MethodType.ClientStreaming, "Up"), static async (requests, context) =>
            {
                while (await requests.MoveNext(context.CancellationToken))
                {
                    _ = requests.Current;
                }

                return [];
            })
            .AddMethod(Describe(MethodType.ServerStreaming, "Down"), SendAllAsync)
            .Build();
    }

    private static async Task SendAllAsync(
        byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        var message = new byte[MessageSize];
        for (var i = 0; i < Messages; i++)
        {
            await responses.WriteAsync(message);
        }
    }

    private static ServerServices Services() => new()
    {
        Cache = new MemoryTier(),
        Authenticator = OpenAuthenticator.Instance,
        Options = new ServerOptions(),
        Time = TimeProvider.System,
        Logs = NullLoggerFactory.Instance,
        Metrics = new ServerMetrics(),
        Gate = new RequestGate(100, TimeProvider.System),
    };

    private static byte[] Frame(byte[] payload)
    {
        var frame = new byte[MessageFrame.PrefixLength + payload.Length];
        MessageFrame.WritePrefix(frame, isCompressed: false, payload.Length);
        payload.CopyTo(frame, MessageFrame.PrefixLength);
        return frame;
    }

    private async Task CallAsync(string method, byte[] frame, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{Service}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new RepeatedContent(frame, count),
        };
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        while (await body.ReadAsync(_buffer) > 0)
        {
        }

        if (response.TrailingHeaders.GetValues(GrpcFields.Status).Single() != "0")
        {
            throw new InvalidOperationException($"{method} failed");
        }
    }

    private sealed class RepeatedContent : HttpContent
    {
        private readonly byte[] _frame;
        private readonly int _count;

        public RepeatedContent(byte[] frame, int count)
        {
            (_frame, _count) = (frame, count);
            Headers.ContentType = new MediaTypeHeaderValue(GrpcFields.ContentType);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < _count; i++)
            {
                await stream.WriteAsync(_frame);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)_frame.Length * _count;
            return true;
        }
    }
}
