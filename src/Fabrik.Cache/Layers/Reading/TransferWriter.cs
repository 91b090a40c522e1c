using System.IO.Pipelines;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>Where an upstream writes the bytes of one try; useless once that try is over.</summary>
internal sealed class TransferWriter(Transfer transfer) : PipeWriter
{
    private bool _isClosed;

    /// <summary>Whoever still writes here gets an exception.</summary>
    public void Close() => _isClosed = true;

    public override void Advance(int bytes) => Open.Take(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => Open.Reserve(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var goesOn = await Open.FlushAsync(cancellationToken);
        return new FlushResult(isCanceled: false, isCompleted: !goesOn);
    }

    public override void CancelPendingFlush() =>
        throw new NotSupportedException("a transfer is ended by its token");

    public override void Complete(Exception? exception = null) => Close();

    private Transfer Open =>
        _isClosed ? throw new InvalidOperationException("this transfer has ended") : transfer;
}
