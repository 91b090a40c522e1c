using System.IO.Pipelines;
using Fabrik.Server;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Testing;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.UnitTests.Server.Rpc;

/// <summary>
/// One call of a method that sends every message back, over pipes in memory: whatever happens, happens on the thread
/// that writes the request.
/// </summary>
internal sealed class MemoryCall
    : IHttpResponseBodyFeature, IRequestBodyPipeFeature, IHttpResponseTrailersFeature, IDisposable
{
    private readonly Pipe _request = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        useSynchronizationContext: false));

    private readonly ServerMetrics _metrics = new();
    private readonly byte[] _chunk = new byte[1024 * 1024];

    public MemoryCall()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IRequestBodyPipeFeature>(this);
        http.Features.Set<IHttpResponseBodyFeature>(this);
        http.Features.Set<IHttpResponseTrailersFeature>(this);
        http.Request.Method = HttpMethods.Post;
        http.Request.Protocol = HttpProtocol.Http2;
        http.Request.Path = "/test.v1.Echo/Chat";
        http.Request.ContentType = GrpcFields.ContentType;
        var marshaller = new Marshaller<Chunk>(Serialize, Deserialize);
        var method = new Method<Chunk, Chunk>(
            MethodType.DuplexStreaming, "test.v1.Echo", "Chat", marshaller, marshaller);
        var door = RpcDoor.Guarded(Services(), "echo");
        var endpoint = new RpcEndpoint(
            method, door, new RpcServerOptions(), RpcMethods.DuplexStreaming(method, EchoAsync));
        Ending = endpoint.ServeAsync(http);
    }

    /// <summary>Ends with the call.</summary>
    public Task Ending { get; }

    /// <summary>Where the request's bytes go in.</summary>
    public PipeWriter Request => _request.Writer;

    /// <summary>Bytes of the response so far.</summary>
    public long Sent => ((DiscardingWriter)Writer).Count;

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public PipeWriter Writer { get; } = new DiscardingWriter();

    public PipeReader Reader => _request.Reader;

    public Stream Stream => Stream.Null;

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    public void Dispose() => _metrics.Dispose();

    private static async Task EchoAsync(
        IAsyncStreamReader<Chunk> requests, IServerStreamWriter<Chunk> responses, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            await responses.WriteAsync(requests.Current);
        }
    }

    private static void Serialize(Chunk chunk, SerializationContext context)
    {
        context.SetPayloadLength(chunk.Bytes.Length);
        var writer = context.GetBufferWriter();
        var rest = chunk.Bytes.Span;
        while (!rest.IsEmpty)
        {
            var span = writer.GetSpan();
            var part = rest[..Math.Min(span.Length, rest.Length)];
            part.CopyTo(span);
            writer.Advance(part.Length);
            rest = rest[part.Length..];
        }

        context.Complete();
    }

    // As a hot message does: the bytes go into memory that is used again.
    private Chunk Deserialize(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        System.Buffers.BuffersExtensions.CopyTo(payload, _chunk);
        return new Chunk(_chunk.AsMemory(0, (int)payload.Length));
    }

    private ServerServices Services() => new()
    {
        Cache = new MemoryTier(),
        Authenticator = OpenAuthenticator.Instance,
        Options = new ServerOptions(),
        Time = new TestClock(),
        Logs = NullLoggerFactory.Instance,
        Metrics = _metrics,
        Gate = new RequestGate(8, TimeProvider.System),
    };

    private sealed record Chunk(ReadOnlyMemory<byte> Bytes);
}
