namespace Fabrik.Cache.Native.RocksDb;

/// <summary>Walks a column family as it was when the iterator was made. For one thread at a time.</summary>
internal sealed unsafe class RocksIterator(nint handle) : IDisposable
{
    private nint _handle = handle;

    /// <summary>The key here; gone with the next step.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            var start = RocksDbNative.rocksdb_iter_key(_handle, out var length);
            return new ReadOnlySpan<byte>(start, (int)length);
        }
    }

    /// <summary>The value here; gone with the next step.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            var start = RocksDbNative.rocksdb_iter_value(_handle, out var length);
            return new ReadOnlySpan<byte>(start, (int)length);
        }
    }

    /// <summary>Goes to the first key; false when there is none.</summary>
    public bool First()
    {
        RocksDbNative.rocksdb_iter_seek_to_first(_handle);
        return IsValid();
    }

    /// <summary>Goes to the first key at or after another; false when there is none.</summary>
    public bool Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* start = key)
        {
            RocksDbNative.rocksdb_iter_seek(_handle, start, (nuint)key.Length);
        }

        return IsValid();
    }

    /// <summary>Goes to the next key; false at the end.</summary>
    public bool Next()
    {
        RocksDbNative.rocksdb_iter_next(_handle);
        return IsValid();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            RocksDbNative.rocksdb_iter_destroy(_handle);
            _handle = 0;
        }
    }

    private bool IsValid()
    {
        if (RocksDbNative.rocksdb_iter_valid(_handle) != 0)
        {
            return true;
        }

        byte* error = null;
        RocksDbNative.rocksdb_iter_get_error(_handle, &error);
        RocksDatabase.ThrowIf(error);
        return false;
    }
}
