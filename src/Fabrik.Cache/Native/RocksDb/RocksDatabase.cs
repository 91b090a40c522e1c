using System.Runtime.InteropServices;
using System.Text;
using static Fabrik.Cache.Native.RocksDb.RocksDbNative;

namespace Fabrik.Cache.Native.RocksDb;

/// <summary>
/// An open database with a fixed list of column families, named by their index. Reads are safe from any thread; the
/// caller sees to it that nothing is under way when it is disposed of.
/// </summary>
internal sealed unsafe class RocksDatabase : IDisposable
{
    /// <summary>Keys of one call of <see cref="GetMany"/> at most.</summary>
    public const int MaxKeys = 128;

    private const int TwoLevelIndex = 2;

    // Of a write buffer: about 20 bits for each record of 120 bytes.
    private const double MemoryFilterShare = 0.02;

    private readonly nint _read;
    private readonly nint _readUnchecked;
    private readonly nint _scan;
    private readonly nint _write;
    private readonly nint _cache;
    private readonly nint[] _options;
    private readonly nint[] _families;
    private readonly nint[] _readOf;
    private readonly FreeRoom _room;
    private nint _db;

    /// <summary>Opens the database in a folder, and makes what is missing.</summary>
    /// <exception cref="RocksDbException">It cannot be opened.</exception>
    public RocksDatabase(RocksDatabaseOptions options)
    {
        _room = new FreeRoom(options.Folder);
        _cache = rocksdb_cache_create_lru((nuint)options.BlockCacheBytes);
        _read = rocksdb_readoptions_create();
        _readUnchecked = rocksdb_readoptions_create();
        rocksdb_readoptions_set_verify_checksums(_readUnchecked, 0);
        _readOf = [.. options.Families.Select(family => family.ValuesAreChecked ? _readUnchecked : _read)];
        _scan = rocksdb_readoptions_create();
        rocksdb_readoptions_set_fill_cache(_scan, 0);
        _write = rocksdb_writeoptions_create();
        rocksdb_writeoptions_set_sync(_write, options.SyncWrites ? (byte)1 : (byte)0);
        _families = new nint[options.Families.Count];
        _options = [.. options.Families.Select(family => CreateOptions(options, family))];
        try
        {
            Open(options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The handle of a column family, for a batch.</summary>
    public nint Family(int family) => _families[family];

    /// <summary>Looks a key up; false when it is not there. The caller disposes of the value.</summary>
    public bool TryGet(int family, ReadOnlySpan<byte> key, out RocksSlice value)
    {
        byte* error = null;
        nint slice;
        fixed (byte* start = key)
        {
            slice = rocksdb_get_pinned_cf(_db, _readOf[family], _families[family], start, (nuint)key.Length, &error);
        }

        ThrowIf(error);
        value = new RocksSlice(slice);
        return slice != 0;
    }

    /// <summary>Looks several keys up: those that lie beside each other share what that takes.</summary>
    /// <param name="family">The column family.</param>
    /// <param name="keys">Keys of one length.</param>
    /// <param name="order">Which of them are looked up, in the order of their bytes.</param>
    /// <param name="values">
    /// Their values; <see cref="RocksSlice.IsNone"/> for those that are not there. The caller disposes of the others.
    /// </param>
    public void GetMany(
        int family, RocksKeys keys, ReadOnlySpan<int> order, Span<RocksSlice> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order.Length, MaxKeys, nameof(order));
        var starts = stackalloc byte*[MaxKeys];
        var lengths = stackalloc nuint[MaxKeys];
        var slices = stackalloc nint[MaxKeys];
        var errors = stackalloc byte*[MaxKeys];
        fixed (byte* all = keys.Bytes)
        {
            for (var i = 0; i < order.Length; i++)
            {
                starts[i] = all + ((long)order[i] * keys.Length);
                lengths[i] = (nuint)keys.Length;
            }

            rocksdb_batched_multi_get_cf(
                _db, _readOf[family], _families[family], (nuint)order.Length, starts, lengths, slices, errors, 1);
        }

        byte* error = null;
        for (var i = 0; i < order.Length; i++)
        {
            values[i] = new RocksSlice(slices[i]);
            if (errors[i] is not null)
            {
                rocksdb_free(error);
                error = errors[i];
            }
        }

        if (error is not null)
        {
            foreach (var value in values[..order.Length])
            {
                value.Dispose();
            }
        }

        ThrowIf(error);
    }

    /// <summary>Looks a key up, as it will be once a batch is written; null when it is not there.</summary>
    public byte[]? Get(RocksBatch batch, int family, ReadOnlySpan<byte> key)
    {
        byte* error = null;
        byte* value;
        nuint length;
        fixed (byte* start = key)
        {
            value = rocksdb_writebatch_wi_get_from_batch_and_db_cf(
                batch.Handle, _db, _read, _families[family], start, (nuint)key.Length, out length, &error);
        }

        ThrowIf(error);
        if (value is null)
        {
            return null;
        }

        var copy = new ReadOnlySpan<byte>(value, (int)length).ToArray();
        rocksdb_free(value);
        return copy;
    }

    /// <summary>Writes a batch, all or nothing; it survives a crash of the process once this returns.</summary>
    /// <exception cref="RocksDbException">The disk has no room, or failed.</exception>
    public void Write(RocksBatch batch)
    {
        _room.Demand();
        byte* error = null;
        rocksdb_write_writebatch_wi(_db, _write, batch.Handle, &error);
        ThrowIf(error);
    }

    /// <summary>A view of a column family as it is now, in key order. It leaves the block cache alone.</summary>
    public RocksIterator Iterate(int family) => new(rocksdb_create_iterator_cf(_db, _scan, _families[family]));

    /// <summary>Makes what was written survive a loss of power.</summary>
    public void Sync()
    {
        byte* error = null;
        rocksdb_flush_wal(_db, 1, &error);
        ThrowIf(error);
    }

    /// <summary>
    /// Writes tables of what is in memory and the log only, so that the next opening has nothing to replay.
    /// </summary>
    /// <exception cref="RocksDbException">The disk failed; the log still has it.</exception>
    public void Flush()
    {
        var options = rocksdb_flushoptions_create();
        try
        {
            foreach (var family in _families)
            {
                byte* error = null;
                rocksdb_flush_cf(_db, options, family, &error);
                ThrowIf(error);
            }
        }
        finally
        {
            rocksdb_flushoptions_destroy(options);
        }
    }

    /// <summary>Closes the database.</summary>
    public void Dispose()
    {
        if (_db != 0)
        {
            rocksdb_cancel_all_background_work(_db, 1);
            foreach (var family in _families)
            {
                rocksdb_column_family_handle_destroy(family);
            }

            rocksdb_close(_db);
            _db = 0;
        }

        foreach (var options in _options)
        {
            rocksdb_options_destroy(options);
        }

        rocksdb_readoptions_destroy(_read);
        rocksdb_readoptions_destroy(_readUnchecked);
        rocksdb_readoptions_destroy(_scan);
        rocksdb_writeoptions_destroy(_write);
        rocksdb_cache_destroy(_cache);
    }

    internal static void ThrowIf(byte* error)
    {
        if (error is not null)
        {
            var message = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
            rocksdb_free(error);
            throw new RocksDbException(message);
        }
    }

    private void Open(RocksDatabaseOptions options)
    {
        var names = new nint[_families.Length];
        try
        {
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = Marshal.StringToCoTaskMemUTF8(options.Families[i].Name);
            }

            byte* error = null;
            fixed (byte* folder = Encoding.UTF8.GetBytes(options.Folder + '\0'))
            fixed (nint* name = names, option = _options, family = _families)
            {
                _db = rocksdb_open_column_families(
                    _options[0], folder, names.Length, (byte**)name, option, family, &error);
            }

            ThrowIf(error);
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }

    private nint CreateOptions(RocksDatabaseOptions database, RocksFamily family)
    {
        var options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, 1);
        rocksdb_options_set_create_missing_column_families(options, 1);
        rocksdb_options_set_max_open_files(options, database.MaxOpenFiles);
        rocksdb_options_set_max_total_wal_size(options, (ulong)database.MaxLogBytes);
        rocksdb_options_set_max_background_jobs(options, 2);
        rocksdb_options_set_bytes_per_sync(options, 1024 * 1024);

        // Opening must not read every file: ten million entries are to open in less than a second.
        rocksdb_options_set_skip_stats_update_on_db_open(options, 1);
        rocksdb_options_set_skip_checking_sst_file_sizes_on_db_open(options, 1);

        // RocksDB's own log: two small files, warnings and worse.
        rocksdb_options_set_keep_log_file_num(options, 2);
        rocksdb_options_set_max_log_file_size(options, 1024 * 1024);
        rocksdb_options_set_info_log_level(options, 2);

        rocksdb_options_set_write_buffer_size(options, (nuint)family.WriteBufferBytes);

        // What is not among the latest writes is not looked for in them, key by key down a list.
        rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, MemoryFilterShare);
        rocksdb_options_set_memtable_whole_key_filtering(options, 1);
        rocksdb_options_set_compression(options, 0);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
        if (family.SeparateValues)
        {
            rocksdb_options_set_enable_blob_files(options, 1);
            rocksdb_options_set_min_blob_size(options, 1024);
            rocksdb_options_set_blob_file_size(options, 64 * 1024 * 1024);
            rocksdb_options_set_enable_blob_gc(options, 1);
            rocksdb_options_set_blob_gc_age_cutoff(options, 0.5);
        }

        var table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_cache(table, _cache);

        // Filters and indexes live in the bounded cache, so that memory does not grow with the number of entries.
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1);

        // In pages: a table's whole filter is some hundred KiB, and with more tables than the cache has room for, each
        // look-up would read one.
        rocksdb_block_based_options_set_index_type(table, TwoLevelIndex);
        rocksdb_block_based_options_set_partition_filters(table, 1);
        rocksdb_block_based_options_set_metadata_block_size(table, 4096);
        rocksdb_block_based_options_set_pin_top_level_index_and_filter(table, 1);
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10));
        rocksdb_block_based_options_set_block_size(table, 4096);
        rocksdb_block_based_options_set_format_version(table, 5);
        rocksdb_options_set_block_based_table_factory(options, table);
        rocksdb_block_based_options_destroy(table);
        return options;
    }
}
