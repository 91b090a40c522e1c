using System.IO.Pipelines;

namespace Fabrik.UnitTests.Cache.Resilience.Transfers;

/// <summary>A client's writer that fails.</summary>
internal sealed class BrokenWriter(Exception fault) : PipeWriter
{
    public override void Advance(int bytes) => throw fault;

    public override void CancelPendingFlush() => throw fault;

    public override void Complete(Exception? exception = null) => throw fault;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw fault;

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw fault;

    public override Span<byte> GetSpan(int sizeHint = 0) => throw fault;
}
