using Fabrik.Cache.Native.RocksDb;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>
/// The database over its ups and downs: opened, opened anew after the disk failed, or set aside when it is damaged and
/// begun again. For one thread at a time, but for what is marked.
/// </summary>
internal sealed class QueueStorage : IDisposable
{
    /// <summary>How often a database that failed is tried again.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly QueueStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, QueueLane> _lanes = new(StringComparer.Ordinal);
    private long _failedAt;
    private volatile string? _fault;
    private volatile string? _aside;

    public QueueStorage(QueueStorageOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        foreach (var name in options.Upstreams)
        {
            _lanes.Add(name, new QueueLane(name, default));
        }

        TryOpen();
    }

    /// <summary>The lanes of configured upstreams, and of those that left orders behind.</summary>
    public IReadOnlyCollection<QueueLane> Lanes => _lanes.Values;

    /// <summary>What is to be written next; null while there is no database.</summary>
    public QueueTransaction? Transaction { get; private set; }

    /// <summary>The database; null while it does not open.</summary>
    public QueueDatabase? Database { get; private set; }

    /// <summary>Why there is no database or it takes no writes; null if all is well. From any thread.</summary>
    public string? Fault => _fault;

    /// <summary>Where the last database lies that this process set aside; null if none. From any thread.</summary>
    public string? Aside => _aside;

    /// <summary>The lane of an upstream.</summary>
    public QueueLane Lane(string name) => _lanes[name];

    /// <summary>Forgets the lane of an upstream that is gone.</summary>
    public void Forget(QueueLane lane) => _lanes.Remove(lane.Name);

    /// <summary>Whether there is a database, or one could be opened now.</summary>
    public bool IsUsable() =>
        (_fault is null && Database is not null)
        || (_time.GetElapsedTime(_failedAt) >= RetryInterval && TryOpen());

    /// <summary>The database failed: it is opened anew before it is used again.</summary>
    public void Fail(Exception error)
    {
        Transaction?.Abandon();
        _failedAt = _time.GetTimestamp();
        if (_fault is null)
        {
            UploadLog.Failed(_logger, _options.Folder, error.Message);
        }

        _fault = error.Message;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fault is null && Database is not null)
        {
            try
            {
                Database.Flush();
            }
            catch (RocksDbException error)
            {
                UploadLog.Failed(_logger, _options.Folder, error.Message);
            }
        }

        Close();
    }

    private void Close()
    {
        Transaction?.Dispose();
        Transaction = null;
        Database?.Dispose();
        Database = null;
    }

    private bool TryOpen()
    {
        Close();
        try
        {
            try
            {
                Open();
            }
            catch (Exception error) when (IsDamage(error))
            {
                SetAside(error);
                Open();
            }

            if (_fault is not null)
            {
                _fault = null;
                UploadLog.Recovered(_logger);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Close();
            Fail(error);
            return false;
        }
    }

    private void Open()
    {
        Database = QueueDatabase.Open(_options.Folder, _options.Sync);
        Transaction = new QueueTransaction(Database);
        Adopt(Database.ReadLanes(), Transaction);
        Transaction.Commit();
    }

    /// <summary>Brings together the lanes that are known and those on disk.</summary>
    private void Adopt(IReadOnlyList<QueueLane> found, QueueTransaction transaction)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var next = found.Count == 0 ? 1 : found.Max(lane => lane.Head.Number) + 1;
        foreach (var name in _lanes.Keys.Except(found.Select(lane => lane.Name), StringComparer.Ordinal))
        {
            // Sequences go on: orders in memory may be those of a database that was set aside.
            var sequence = Math.Max(1, _lanes[name].Head.NextSequence);
            transaction.SetHead(_lanes[name], new HeadRecord(next++) { NextSequence = sequence });
        }

        foreach (var lane in found)
        {
            var known = _lanes.TryAdd(lane.Name, lane) ? lane : _lanes[lane.Name];
            var head = lane.Head;
            transaction.SetHead(known, head with
            {
                NextSequence = Math.Max(head.NextSequence, known.Head.NextSequence),
                MissingSince = _options.Upstreams.Contains(lane.Name, StringComparer.Ordinal) ? 0
                    : head.MissingSince == 0 ? now
                    : head.MissingSince,
            });
        }
    }

    /// <summary>Moves the folder away, in the place of one that was moved before.</summary>
    private void SetAside(Exception reason)
    {
        Close();
        var aside = _options.Folder + ".damaged";
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(_options.Folder, aside);
        _aside = aside;
        UploadLog.SetAside(_logger, _options.Folder, reason.Message, aside);
    }

    /// <summary>Whether opening again cannot help. A full or failing disk is no damage.</summary>
    private static bool IsDamage(Exception error) =>
        error is InvalidDataException
        || (error is RocksDbException { IsOutOfSpace: false, IsReadOnly: false }
            && (error.Message.StartsWith("Corruption", StringComparison.Ordinal)
                || error.Message.StartsWith("Invalid argument", StringComparison.Ordinal)
                || error.Message.Contains("No such file", StringComparison.Ordinal)));
}

/// <summary>How the queue's database is opened.</summary>
internal sealed record QueueStorageOptions
{
    /// <summary>Where it lies.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether each write waits for the disk.</summary>
    public required bool Sync { get; init; }

    /// <summary>Names of the upstreams that are written to.</summary>
    public required IReadOnlyList<string> Upstreams { get; init; }
}
