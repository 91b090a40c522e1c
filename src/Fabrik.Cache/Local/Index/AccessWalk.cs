using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Index;

/// <summary>
/// Finds access records beside a walk through the entries: both families are sorted by the same eight bytes, so it is
/// one merge of two walks.
/// </summary>
internal sealed class AccessWalk(RocksDatabase db) : IDisposable
{
    private readonly RocksIterator _records = db.Iterate(StoreFamilies.Access);
    private bool _hasBegun;
    private bool _hasRecord;

    /// <summary>The record of a prefix, which is not before the last one; all zeros when there is none.</summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public AccessRecord Find(ReadOnlySpan<byte> prefix)
    {
        if (!_hasBegun)
        {
            _hasRecord = _records.Seek(prefix);
            _hasBegun = true;
        }

        while (_hasRecord && _records.Key.SequenceCompareTo(prefix) < 0)
        {
            _hasRecord = _records.Next();
        }

        return _hasRecord && _records.Key.SequenceEqual(prefix) ? AccessRecord.Read(_records.Value) : default;
    }

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();
}
