using System.Collections.Concurrent;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;

namespace Fabrik.UnitTests.Proxies.Fetching;

/// <summary>An origin in memory that delivers, holds back, and fails as a test says.</summary>
internal sealed class ScriptedSource(byte[] content) : IBodySource
{
    private const int Piece = 100;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _released = long.MaxValue;

    /// <summary>The ranges that were opened, oldest first.</summary>
    public ConcurrentQueue<(long Offset, long End)> Opened { get; } = new();

    /// <summary>Bodies that were disposed of.</summary>
    public int Closed;

    /// <summary>How far bytes were delivered.</summary>
    public long Delivered;

    /// <summary>What an opening answers instead; asked with its number, from 1.</summary>
    public Func<int, OriginFault?> OpenFault { get; set; } = static _ => null;

    /// <summary>Where a body breaks, by the number of its opening; null for nowhere.</summary>
    public Func<int, long?> BreaksAt { get; set; } = static _ => null;

    /// <summary>Bytes from here on are held back.</summary>
    public void ReleaseTo(long offset)
    {
        Volatile.Write(ref _released, offset);
        Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public ValueTask<OriginResult<OriginBody>> OpenAsync(long offset, long end, CancellationToken cancellationToken)
    {
        Opened.Enqueue((offset, end));
        var number = Opened.Count;
        return ValueTask.FromResult<OriginResult<OriginBody>>(
            OpenFault(number) is { } fault ? fault : Body(offset, end, BreaksAt(number)));
    }

    /// <summary>A body as the answer to a request that was made elsewhere.</summary>
    public OriginBody Body(long offset = 0, long end = long.MaxValue, long? breaksAt = null) =>
        new ScriptedBody(this, offset, Math.Min(end, content.Length), breaksAt);

    private sealed class ScriptedBody(ScriptedSource source, long offset, long end, long? breaksAt) : OriginBody
    {
        private readonly byte[] _content = source.Content;
        private long _offset = offset;

        public override async ValueTask<OriginResult<int>> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var moved = Volatile.Read(ref source._moved).Task;
                if (_offset >= breaksAt)
                {
                    return new OriginFault(OriginFaultKind.Truncated, "the script breaks here");
                }

                var limit = Math.Min(end, Math.Min(Volatile.Read(ref source._released), breaksAt ?? long.MaxValue));
                var count = (int)Math.Min(Math.Min(buffer.Length, Piece), limit - _offset);
                if (count > 0)
                {
                    _content.AsMemory((int)_offset, count).CopyTo(buffer);
                    _offset += count;
                    Volatile.Write(ref source.Delivered, _offset);
                    return count;
                }

                if (_offset >= end)
                {
                    return 0;
                }

                await moved.WaitAsync(cancellationToken);
            }
        }

        public override ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref source.Closed);
            return ValueTask.CompletedTask;
        }
    }

    private byte[] Content => content;
}
