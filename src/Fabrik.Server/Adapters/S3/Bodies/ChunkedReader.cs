using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Wire.S3.Chunked;

namespace Fabrik.Server.Adapters.S3.Bodies;

/// <summary>The data of an aws-chunked body. A body that is not good ends with an <see cref="IOException"/>.</summary>
internal sealed class ChunkedReader(PipeReader inner, AwsChunkedDecoder decoder) : PipeReader
{
    // Nothing waits for room: one read of the body is decoded at a time, and only when it is asked for.
    private readonly Pipe _data = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private bool _hasEnded;

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _data.Reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _data.Reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _data.Writer.Complete();
        _data.Reader.Complete();
    }

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_data.Reader.TryRead(out var decoded))
            {
                return decoded;
            }

            var read = await inner.ReadAsync(cancellationToken);
            if (read.IsCanceled)
            {
                inner.AdvanceTo(read.Buffer.Start);
                return new ReadResult(default, isCanceled: true, isCompleted: false);
            }

            Decode(read);
            await _data.Writer.FlushAsync(cancellationToken);
            if (_hasEnded)
            {
                await _data.Writer.CompleteAsync();
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => _data.Reader.TryRead(out result);

    private void Decode(ReadResult read)
    {
        var rest = read.Buffer;
        var step = AwsChunkedStep.Data;
        var examined = rest.End;
        while (step == AwsChunkedStep.Data)
        {
            step = decoder.Read(rest, out var consumed, out examined, out var data);
            foreach (var piece in data)
            {
                _data.Writer.Write(piece.Span);
            }

            rest = rest.Slice(consumed);
        }

        inner.AdvanceTo(rest.Start, examined);
        var fault = step == AwsChunkedStep.NeedMore && read.IsCompleted ? decoder.Complete() : decoder.Fault;
        if (fault != AwsChunkedFault.None)
        {
            throw new IOException($"the aws-chunked body is not good: {fault}");
        }

        _hasEnded = step == AwsChunkedStep.End || read.IsCompleted;
    }
}
