using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fabrik.Upstreams.Rpc;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>A server that says what a test wants, byte by byte: HTTP/2 that is broken, or none.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private const int Preface = 24;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Connection, Task> _script;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public RawPeer(Func<Connection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Connections { get; private set; }

    public GrpcChannel Open(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(
        $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}", options ?? new GrpcChannelOptions());

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (!_end.IsCancellationRequested)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
                Connections++;
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _script(new Connection(client.GetStream(), _end.Token));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client has gone, or the test has ended.
            }
        }
    }

    /// <summary>One connection of a client.</summary>
    internal sealed class Connection(NetworkStream stream, CancellationToken end)
    {
        // 0x88 is ":status: 200" of the static table; the content type is a literal with an indexed name (31).
        private static readonly byte[] Head = [0x88, 0x0f, 0x10, 16, .. "application/grpc"u8];

        public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes, end).AsTask();

        public Task SendTextAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

        /// <summary>Sends a frame (RFC 9113 section 4.1).</summary>
        public Task SendFrameAsync(byte type, byte flags, int streamId, params byte[] payload)
        {
            var frame = new byte[9 + payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
            frame[3] = type;
            frame[4] = flags;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
            payload.CopyTo(frame, 9);
            return SendAsync(frame);
        }

        /// <summary>Does what every server does first, and waits for the head of a request.</summary>
        /// <returns>The request's stream.</returns>
        public async Task<int> TakeRequestAsync(bool isFirst = true)
        {
            if (isFirst)
            {
                await stream.ReadExactlyAsync(new byte[Preface], end);
                await SendFrameAsync(4, 0, 0);
                await SendFrameAsync(4, 1, 0);
            }

            while (true)
            {
                var (type, _, streamId) = await ReadFrameAsync();
                if (type == 1)
                {
                    return streamId;
                }
            }
        }

        /// <summary>Waits for the frame that resets a stream.</summary>
        /// <returns>Its error code.</returns>
        public async Task<int> TakeResetAsync()
        {
            while (true)
            {
                var (type, payload, _) = await ReadFrameAsync();
                if (type == 3)
                {
                    return BinaryPrimitives.ReadInt32BigEndian(payload);
                }
            }
        }

        /// <summary>Waits until a request's body has come up to a size.</summary>
        public async Task TakeDataAsync(int count)
        {
            while (count > 0)
            {
                var (type, payload, _) = await ReadFrameAsync();
                count -= type == 0 ? payload.Length : 0;
            }
        }

        /// <summary>Lets the client send more, on the connection and on one stream.</summary>
        public async Task SendWindowAsync(int streamId, int increment)
        {
            await SendFrameAsync(8, 0, 0, Number(increment));
            await SendFrameAsync(8, 0, streamId, Number(increment));
        }

        public Task SendHeadAsync(int streamId) => SendFrameAsync(1, 4, streamId, Head);

        public Task SendDataAsync(int streamId, params byte[] data) => SendFrameAsync(0, 0, streamId, data);

        public Task SendResetAsync(int streamId, int error) => SendFrameAsync(3, 0, streamId, Number(error));

        public Task SendGoAwayAsync(int lastStreamId, int error) =>
            SendFrameAsync(7, 0, 0, [.. Number(lastStreamId), .. Number(error)]);

        /// <summary>Does nothing until the client goes or the test ends.</summary>
        public async Task HangAsync()
        {
            var rest = new byte[4096];
            while (await stream.ReadAsync(rest, end) > 0)
            {
            }
        }

        private static byte[] Number(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            return bytes;
        }

        private async Task<(byte Type, byte[] Payload, int StreamId)> ReadFrameAsync()
        {
            var head = new byte[9];
            await stream.ReadExactlyAsync(head, end);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
            await stream.ReadExactlyAsync(payload, end);
            return (head[3], payload, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)));
        }
    }
}
