namespace Fabrik.Cache.Native.RocksDb;

/// <summary>A value that RocksDB holds in place until this is disposed of, once.</summary>
internal readonly unsafe struct RocksSlice(nint handle) : IDisposable
{
    /// <summary>Whether there is no value.</summary>
    public bool IsNone => handle == 0;

    /// <summary>The value's bytes; gone with the slice.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            var start = RocksDbNative.rocksdb_pinnableslice_value(handle, out var length);
            return new ReadOnlySpan<byte>(start, (int)length);
        }
    }

    /// <summary>Where the bytes are, for memory that outlives the caller's stack frame.</summary>
    public byte* Start => RocksDbNative.rocksdb_pinnableslice_value(handle, out _);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (handle != 0)
        {
            RocksDbNative.rocksdb_pinnableslice_destroy(handle);
        }
    }
}
