using System.Globalization;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// Keys in files, in the order in which they came: written at the end of the newest file, read from the oldest one,
/// which is deleted when all of it was read. After a crash the oldest file is read again from its beginning, and a
/// record that was not written to its end is left out, with what follows it in its file: a new file is begun then. Used
/// by one thread at a time.
/// </summary>
internal sealed class SpoolLog : IDisposable
{
    private const string Suffix = ".deletes";
    private const string ProbeName = "probe";
    private const int Parts = 8;
    private const int MinPart = 4096;

    private readonly SpoolOptions _options;
    private readonly LinkedList<Part> _parts = new();
    private readonly byte[] _record = new byte[SpoolRecord.HeadLength + SpoolRecord.MaxKeyLength];
    private FileStream? _writing;
    private byte[]? _reading;
    private int _position;
    private long _next = 1;

    /// <summary>Opens what an earlier process has left, in a folder that can be written.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public SpoolLog(SpoolOptions options)
    {
        _options = options;
        Directory.CreateDirectory(options.Folder);
        var probe = Path.Combine(options.Folder, ProbeName);
        File.WriteAllBytes(probe, [0]);
        File.Delete(probe);
        foreach (var path in Directory.GetFiles(options.Folder, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                var bytes = File.ReadAllBytes(path);
                _parts.AddLast(new Part(path) { Bytes = bytes.Length, Keys = SpoolRecord.Count(bytes) });
                _next = Math.Max(_next, number + 1);
            }
        }
    }

    /// <summary>Keys that are to be read.</summary>
    public long Keys => _parts.Sum(part => part.Keys);

    /// <summary>Keys that went with a file: as there were too many, or as it was damaged or gone.</summary>
    public long DroppedKeys { get; private set; }

    /// <summary>
    /// Writes keys; they are on the disk when it returns, where that was asked for. After a failure all of them are
    /// to be written again, which may keep some of them twice.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used any more.</exception>
    public void Append(IReadOnlyList<byte[]> keys)
    {
        var last = _parts.Last;
        var (bytes, count) = (last?.Value.Bytes ?? 0, last?.Value.Keys ?? 0);
        try
        {
            DropOldest();
            foreach (var key in keys)
            {
                Append(key);
            }

            _writing?.Flush(_options.Sync);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What follows half a record in its file could not be read: the next key begins another one.
            Close();
            if (last is not null)
            {
                (last.Value.Bytes, last.Value.Keys) = (bytes, count);
            }

            RemoveSince(last);
            throw;
        }
    }

    /// <summary>The oldest key, until <see cref="Advance"/>.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> key)
    {
        key = default;
        while (_parts.First is { } oldest)
        {
            if (_reading is null)
            {
                if (oldest == _parts.Last)
                {
                    Close();
                }

                _reading = File.Exists(oldest.Value.Path) ? File.ReadAllBytes(oldest.Value.Path) : [];
                _position = 0;
            }

            if (SpoolRecord.TryRead(_reading.AsSpan(_position), out key))
            {
                return true;
            }

            Drop(oldest);
        }

        return false;
    }

    /// <summary>The oldest key is done.</summary>
    public void Advance()
    {
        if (TryPeek(out var key))
        {
            _position += SpoolRecord.HeadLength + key.Length;
            var oldest = _parts.First!.Value;
            oldest.Keys = Math.Max(0, oldest.Keys - 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Append(byte[] key)
    {
        if (_writing is null)
        {
            Begin();
        }

        var length = SpoolRecord.Write(_record, key);
        _writing!.Write(_record, 0, length);
        var part = _parts.Last!.Value;
        part.Bytes += length;
        part.Keys++;
        if (part.Bytes >= Math.Max(_options.MaxBytes / Parts, MinPart))
        {
            EndWriting();
        }
    }

    private void Close()
    {
        try
        {
            _writing?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written cannot be flushed either.
        }

        _writing = null;
    }

    // Files that were begun in vain would become ever more of them.
    private void RemoveSince(LinkedListNode<Part>? last)
    {
        try
        {
            while (_parts.Last is { } part && part != last)
            {
                Remove(part);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is read like any other.
        }
    }

    private void Begin()
    {
        var name = _next++.ToString("D12", CultureInfo.InvariantCulture) + Suffix;
        var path = Path.Combine(_options.Folder, name);
        _writing = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _parts.AddLast(new Part(path));
    }

    private void EndWriting()
    {
        _writing?.Flush(_options.Sync);
        _writing?.Dispose();
        _writing = null;
    }

    private void DropOldest()
    {
        while (_parts.Count > 1 && _parts.Sum(part => part.Bytes) > _options.MaxBytes)
        {
            Drop(_parts.First!);
        }
    }

    private void Drop(LinkedListNode<Part> part)
    {
        Remove(part);
        DroppedKeys += part.Value.Keys;
    }

    private void Remove(LinkedListNode<Part> part)
    {
        File.Delete(part.Value.Path);
        if (part == _parts.First)
        {
            _reading = null;
            _position = 0;
        }

        _parts.Remove(part);
    }

    private sealed class Part(string path)
    {
        public string Path { get; } = path;

        public long Bytes { get; set; }

        public long Keys { get; set; }
    }
}
