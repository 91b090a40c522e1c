using System.Runtime.CompilerServices;
using Fabrik.Cache.Native.Zstd;
using Fabrik.Server.Rpc.Chunks;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>Compresses what is written to it into one zstd frame on the way to the chunks.</summary>
/// <param name="output">Where the frame goes; stays its owner's.</param>
/// <param name="size">Bytes that will be written, exactly.</param>
internal sealed class ZstdWriter(BodyWriter output, long size) : BodyWriter
{
    /// <summary>Room that is worth a call of the encoder.</summary>
    private const int MinRoom = 4 * 1024;

    private readonly ZstdEncoder _encoder = new(size);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!Encode(ref bytes, isLast: false))
        {
            await output.FlushAsync(cancellationToken);
        }

        if (output.UnflushedBytes > ChunkSize / 2)
        {
            await output.FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _encoder.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> nothing = default;
        while (!Encode(ref nothing, isLast: true))
        {
            await output.FlushAsync(cancellationToken);
        }

        await output.FinishAsync(cancellationToken);
    }

    private bool Encode(ref ReadOnlyMemory<byte> bytes, bool isLast)
    {
        var isDone = _encoder.Encode(
            bytes.Span, output.GetSpan(MinRoom), isLast, out var consumed, out var written);
        output.Advance(written);
        bytes = bytes[consumed..];
        return isDone;
    }
}
