namespace Fabrik.Cache.Native.RocksDb;

/// <summary>Writes that happen together, and can be read before they do. For one thread.</summary>
internal sealed unsafe class RocksBatch : IDisposable
{
    private nint _handle = RocksDbNative.rocksdb_writebatch_wi_create(0, overwriteKeys: 1);

    /// <summary>RocksDB's batch.</summary>
    public nint Handle => _handle;

    /// <summary>How many writes there are.</summary>
    public int Count => RocksDbNative.rocksdb_writebatch_wi_count(_handle);

    /// <summary>Sets a value.</summary>
    public void Put(nint family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyStart = key, valueStart = value)
        {
            RocksDbNative.rocksdb_writebatch_wi_put_cf(
                _handle, family, keyStart, (nuint)key.Length, valueStart, (nuint)value.Length);
        }
    }

    /// <summary>Removes a key.</summary>
    public void Delete(nint family, ReadOnlySpan<byte> key)
    {
        fixed (byte* start = key)
        {
            RocksDbNative.rocksdb_writebatch_wi_delete_cf(_handle, family, start, (nuint)key.Length);
        }
    }

    /// <summary>Marks what is in it now.</summary>
    public void SetSavePoint() => RocksDbNative.rocksdb_writebatch_wi_set_save_point(_handle);

    /// <summary>Forgets all writes since the last mark, and the mark.</summary>
    /// <exception cref="RocksDbException">There is none.</exception>
    public void RollBack()
    {
        byte* error = null;
        RocksDbNative.rocksdb_writebatch_wi_rollback_to_save_point(_handle, &error);
        RocksDatabase.ThrowIf(error);
    }

    /// <summary>Forgets all writes.</summary>
    public void Clear() => RocksDbNative.rocksdb_writebatch_wi_clear(_handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            RocksDbNative.rocksdb_writebatch_wi_destroy(_handle);
            _handle = 0;
        }
    }
}
