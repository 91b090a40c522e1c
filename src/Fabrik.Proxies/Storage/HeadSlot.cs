namespace Fabrik.Proxies.Storage;

/// <summary>One head in memory, and what of it is still to be written.</summary>
internal sealed class HeadSlot(ResourceKey key)
{
    private const int ToldAlways = 4;
    private const int ToldEvery = 16;

    private readonly Lock _lock = new();
    private StoredHead? _head;
    private bool _isKnown;
    private bool _isDirty;
    private bool _isRetired;
    private bool _wasRead;
    private int _reads;
    private TaskCompletionSource? _writing;

    /// <summary>Whose head.</summary>
    public ResourceKey Key => key;

    /// <summary>Counts changes, so that what was read from the store before one does not undo it.</summary>
    public int Version { get; private set; }

    /// <summary>Whether there is a head.</summary>
    public bool HasHead
    {
        get
        {
            lock (_lock)
            {
                return _head is not null;
            }
        }
    }

    /// <summary>The head, if it is known whether there is one.</summary>
    public bool TryRead(out StoredHead? head)
    {
        lock (_lock)
        {
            // A miss is no use: else all that is asked for once would look as if it was in use.
            _wasRead |= _head is not null;
            head = _head;
            return _isKnown;
        }
    }

    /// <summary>
    /// Counts a read from memory. The store is to hear of the first few and of every sixteenth: what it knows of one
    /// that is read often is that it is read often.
    /// </summary>
    public bool IsToldOf()
    {
        // Readers at the same time may count one for two: an estimate is all that is wanted.
        var reads = ++_reads;
        return reads <= ToldAlways || reads % ToldEvery == 0;
    }

    /// <summary>What the store had, unless it has been changed since.</summary>
    public void Loaded(int version, StoredHead? head)
    {
        lock (_lock)
        {
            if (!_isKnown && version == Version)
            {
                _head = head;
                _isKnown = true;
            }
        }
    }

    /// <summary>Changes the head; false when the slot is no longer the key's.</summary>
    public bool TryChange(Func<StoredHead?, StoredHead?> change, bool persist, out bool startsWriting)
    {
        lock (_lock)
        {
            startsWriting = false;
            if (_isRetired)
            {
                return false;
            }

            _head = change(_head);
            _isKnown = true;
            Version++;
            _isDirty |= persist;
            if (_isDirty && _writing is null)
            {
                _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                startsWriting = true;
            }

            return true;
        }
    }

    /// <summary>What is to be written next; false when all is, and the writer is done.</summary>
    public bool NextWrite(out StoredHead? head)
    {
        lock (_lock)
        {
            head = _head;
            if (_isDirty)
            {
                _isDirty = false;
                return true;
            }

            _writing?.SetResult();
            _writing = null;
            return false;
        }
    }

    /// <summary>Ends with the write that is under way, if any.</summary>
    public Task WhenWritten()
    {
        lock (_lock)
        {
            return _writing?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Takes the slot out of use, unless it was read lately or is being written.</summary>
    /// <param name="evenIfRead">Whether it may go although it was read.</param>
    public bool TryRetire(bool evenIfRead)
    {
        lock (_lock)
        {
            var stays = (_wasRead && !evenIfRead) || _writing is not null;
            _wasRead = false;
            _isRetired = !stays;
            return !stays;
        }
    }
}
