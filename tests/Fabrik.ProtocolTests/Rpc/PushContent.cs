using System.Net;
using System.Threading.Channels;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>A body that the test sends piece by piece.</summary>
internal sealed class PushContent : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private int _sent;

    /// <summary>Pieces that HTTP took so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    public void Push(byte[] piece) => _pieces.Writer.TryWrite(piece);

    public void End() => _pieces.Writer.TryComplete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        await foreach (var piece in _pieces.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
            Interlocked.Increment(ref _sent);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
