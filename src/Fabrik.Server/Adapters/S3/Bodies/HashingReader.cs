using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Server.Adapters.S3.Bodies;

/// <summary>A body whose checksums are taken of what is consumed of it.</summary>
internal sealed class HashingReader(PipeReader inner, ChecksumSet checksums) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    /// <summary>Bytes that were consumed.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var taken = _buffer.Slice(0, consumed);
        checksums.Append(taken);
        Count += taken.Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var result = await inner.ReadAsync(cancellationToken);
        _buffer = result.Buffer;
        return result;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        var any = inner.TryRead(out result);
        _buffer = any ? result.Buffer : default;
        return any;
    }
}
