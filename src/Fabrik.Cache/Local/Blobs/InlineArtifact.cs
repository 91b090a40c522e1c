using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A hit whose bytes RocksDB holds in place: they are sent from there.</summary>
internal sealed class InlineArtifact(ArtifactInfo info, PinnedValue pinned) : CachedArtifact
{
    private readonly SliceMemory _memory = new(pinned);

    public override ArtifactInfo Info => info;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = _memory.Memory;
        return true;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(_memory.Memory.Slice((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    public override ValueTask DisposeAsync()
    {
        _memory.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>Memory of RocksDB's; the artifact frees it.</summary>
    private sealed unsafe class SliceMemory(in PinnedValue pinned) : MemoryManager<byte>
    {
        private readonly RocksSlice _slice = pinned.Slice;
        private readonly byte* _start = pinned.Slice.Start + pinned.Start;
        private readonly int _length = pinned.Length;
        private StoreDatabase.Session? _session = pinned.Session;

        public void Release()
        {
            if (Interlocked.Exchange(ref _session, null) is { } session)
            {
                _slice.Dispose();
                session.Dispose();
            }
        }

        public override Span<byte> GetSpan() => new(_start, _length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>A value within what RocksDB holds in place, and the session that keeps the index open for it.</summary>
/// <param name="Session">Left when the value is let go.</param>
/// <param name="Slice">The stored bytes.</param>
/// <param name="Start">Where the value begins in them.</param>
/// <param name="Length">Bytes of the value.</param>
internal readonly record struct PinnedValue(StoreDatabase.Session Session, RocksSlice Slice, int Start, int Length);
