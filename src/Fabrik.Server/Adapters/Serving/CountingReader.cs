using System.Buffers;
using System.IO.Pipelines;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>A request's body that knows what was taken from it.</summary>
internal sealed class CountingReader(PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    /// <summary>Whether anybody asked for it; a sender that waits for that has been told to go on.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>Whether reading failed; Kestrel's reader bears no second try then.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes that were consumed.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Count += _buffer.Slice(0, consumed).Length;
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
        WasAsked = true;
        try
        {
            var result = await inner.ReadAsync(cancellationToken);
            _buffer = result.Buffer;
            return result;
        }
        catch
        {
            IsBroken = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        WasAsked = true;
        var any = inner.TryRead(out result);
        _buffer = any ? result.Buffer : default;
        return any;
    }
}
