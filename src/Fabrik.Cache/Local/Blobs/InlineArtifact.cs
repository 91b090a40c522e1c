using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A hit whose bytes RocksDB holds in place: they are sent from there.</summary>
internal sealed class InlineArtifact(
    ArtifactId id, EntryRecord entry, StoreDatabase.Session session, RocksSlice slice) : CachedArtifact
{
    private readonly SliceMemory _memory = new(slice, (int)entry.Place.StoredSize);
    private bool _isDisposed;

    public override ArtifactInfo Info => field ??= entry.ToInfo(id);

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
        if (!_isDisposed)
        {
            _isDisposed = true;
            slice.Dispose();
            session.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Memory of RocksDB's; the artifact frees it.</summary>
    private sealed unsafe class SliceMemory(RocksSlice slice, int length) : MemoryManager<byte>
    {
        private readonly byte* _start = slice.Start;

        public override Span<byte> GetSpan() => new(_start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
