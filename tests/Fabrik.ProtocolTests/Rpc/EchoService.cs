using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>
/// Methods of every kind, whose messages are bytes. What they do is told by the request, so that clients of other
/// languages need no code generator.
/// </summary>
internal sealed class EchoService
{
    public const string Name = "test.v1.Echo";

    private static readonly Marshaller<byte[]> Bytes = new(static bytes => bytes, static bytes => bytes);

    // Says one size and writes another: what a bug in a marshaller does.
    private static readonly Marshaller<byte[]> Lying = new(
        static (_, context) =>
        {
            context.SetPayloadLength(10);
            context.GetBufferWriter().Write("four"u8);
            context.Complete();
        },
        static context => context.PayloadAsNewBuffer());

    private readonly ConcurrentQueue<string> _ended = new();
    private readonly SemaphoreSlim _endings = new(0);
    private readonly SemaphoreSlim _starts = new(0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;
    private int _taken;

    /// <summary>The door, for methods that ask who calls.</summary>
    public RpcDoor Door { get; set; } = null!;

    /// <summary>Messages that <c>Repeat</c> could send so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Messages that <c>Slow</c> has taken so far.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(Describe(MethodType.Unary, "Echo"), EchoAsync)
        .AddMethod(Describe(MethodType.Unary, "Context"), ContextAsync)
        .AddMethod(Describe(MethodType.Unary, "Fail"), FailAsync)
        .AddMethod(Describe(MethodType.Unary, "Crash"), CrashAsync)
        .AddMethod(Describe(MethodType.Unary, "Wait"), WaitAsync)
        .AddMethod(Describe(MethodType.Unary, "Large"), LargeAsync)
        .AddMethod(new Method<byte[], byte[]>(MethodType.Unary, Name, "Lie", Bytes, Lying), EchoAsync)
        .AddMethod(Describe(MethodType.ServerStreaming, "TwoAtOnce"), TwoAtOnceAsync)
        .AddMethod(Describe(MethodType.Unary, "Write"), WriteAsync)
        .AddMethod(Describe(MethodType.ClientStreaming, "Sum"), SumAsync)
        .AddMethod(Describe(MethodType.ClientStreaming, "Slow"), SlowAsync)
        .AddMethod(Describe(MethodType.ServerStreaming, "Repeat"), RepeatAsync)
        .AddMethod(Describe(MethodType.ServerStreaming, "FailLater"), FailLaterAsync)
        .AddMethod(Describe(MethodType.DuplexStreaming, "Chat"), ChatAsync)
        .Build();

    /// <summary>Waits until a method has begun to wait.</summary>
    public Task StartedAsync() => _starts.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Waits until a method was cancelled, and says which.</summary>
    public async Task<string?> EndedAsync()
    {
        await _endings.WaitAsync(TimeSpan.FromSeconds(30));
        return _ended.TryDequeue(out var name) ? name : null;
    }

    /// <summary>Lets <c>Slow</c> take messages.</summary>
    public void Release() => _release.TrySetResult();

    private static Method<byte[], byte[]> Describe(MethodType type, string name) => new(type, Name, name, Bytes, Bytes);

    // Metadata whose keys begin with "x-" comes back: as headers, and with "t-" in front as trailers.
    private static async Task<byte[]> EchoAsync(byte[] request, ServerCallContext context)
    {
        var echoed = context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal));
        Metadata headers = [.. echoed];
        foreach (var entry in headers)
        {
            context.ResponseTrailers.Add(entry.IsBinary
                ? new Metadata.Entry($"t-{entry.Key}", entry.ValueBytes)
                : new Metadata.Entry($"t-{entry.Key}", entry.Value));
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }

        return request;
    }

    private static Task<byte[]> ContextAsync(byte[] request, ServerCallContext context) =>
        Task.FromResult(System.Text.Encoding.UTF8.GetBytes(string.Join(
            '\n', context.Method, context.Host, context.Peer, context.Deadline.ToString("O"))));

    // The request: the code, then the detail.
    private static Task<byte[]> FailAsync(byte[] request, ServerCallContext context)
    {
        var status = new Status((StatusCode)request[0], System.Text.Encoding.UTF8.GetString(request.AsSpan(1)));
        throw new RpcException(status, new Metadata { { "x-reason", "asked for" }, { "x-data-bin", [1, 2, 3] } });
    }

    private static Task<byte[]> CrashAsync(byte[] request, ServerCallContext context) =>
        throw new InvalidOperationException("a secret of the inside");

    // The request: the size of the answer.
    private static Task<byte[]> LargeAsync(byte[] request, ServerCallContext context) =>
        Task.FromResult(new byte[BinaryPrimitives.ReadInt32BigEndian(request)]);

    private static async Task<byte[]> SumAsync(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        long count = 0, size = 0;
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            count++;
            size += request.Length;
        }

        var answer = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(answer, count);
        BinaryPrimitives.WriteInt64BigEndian(answer.AsSpan(8), size);
        return answer;
    }

    private static async Task ChatAsync(
        IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            await responses.WriteAsync(requests.Current);
        }
    }

    private static async Task FailLaterAsync(
        byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        await responses.WriteAsync(request);
        throw new RpcException(new Status(StatusCode.DataLoss, "later"));
    }

    // The client takes the first message only once it has heard that the second was refused.
    private static async Task TwoAtOnceAsync(
        byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        var first = responses.WriteAsync(new byte[4 * 1024 * 1024]);
        var second = await Record(() => responses.WriteAsync(request));
        if (second is not InvalidOperationException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "the second message was taken"));
        }

        await first;
    }

    private static async Task<Exception?> Record(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private async Task<byte[]> WriteAsync(byte[] request, ServerCallContext context)
    {
        await Task.Yield();
        var principal = Door.PrincipalOf(context, Permissions.Write);
        return request.AsSpan().SequenceEqual("full"u8)
            ? throw Door.Fail(CacheError.Internal(CacheErrorKind.StorageFull, "the disk is full"))
            : System.Text.Encoding.UTF8.GetBytes(principal.Tenant);
    }

    // With a request, the headers are sent first.
    private async Task<byte[]> WaitAsync(byte[] request, ServerCallContext context)
    {
        if (request.Length > 0)
        {
            await context.WriteResponseHeadersAsync([new("x-early", "yes")]);
        }

        _starts.Release();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
            return request;
        }
        finally
        {
            _ended.Enqueue("Wait");
            _endings.Release();
        }
    }

    private async Task<byte[]> SlowAsync(IAsyncStreamReader<byte[]> requests, ServerCallContext context)
    {
        _starts.Release();
        await _release.Task.WaitAsync(context.CancellationToken);
        while (await requests.MoveNext(context.CancellationToken))
        {
            Interlocked.Increment(ref _taken);
        }

        return [];
    }

    // The request: how many messages, and how large each.
    private async Task RepeatAsync(
        byte[] request, IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        var count = BinaryPrimitives.ReadInt32BigEndian(request);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4))];
        try
        {
            for (var i = 0; i < count; i++)
            {
                await responses.WriteAsync(message);
                Interlocked.Increment(ref _sent);
            }
        }
        catch (OperationCanceledException)
        {
            _ended.Enqueue("Repeat");
            _endings.Release();
            throw;
        }
    }
}
