namespace Fabrik.Cache.Eviction;

/// <summary>One entry in 32 bytes; the links are indices into the table.</summary>
internal struct EntryNode
{
    /// <summary>The entry's key.</summary>
    public ulong Key;

    /// <summary>The next node of the same bucket, or of the free list.</summary>
    public int Chain;

    /// <summary>In a list: the neighbour that was used later. In a heap: the position.</summary>
    public int Previous;

    /// <summary>In a list: the neighbour that was used earlier.</summary>
    public int Next;

    /// <summary>When it was last read or written, in Unix seconds.</summary>
    public uint LastAccess;

    private uint _sizeLow;
    private ushort _sizeHigh;
    private byte _frequencyAndChanged;

    /// <summary>Which of the policy's lists it is in.</summary>
    public byte List;

    /// <summary>Bytes; 48 bits are kept.</summary>
    public long Size
    {
        readonly get => ((long)_sizeHigh << 32) | _sizeLow;
        set
        {
            _sizeLow = (uint)value;
            _sizeHigh = (ushort)(value >> 32);
        }
    }

    /// <summary>How often it was read, 0 to <see cref="EvictionEntry.MaxFrequency"/>.</summary>
    public int Frequency
    {
        readonly get => _frequencyAndChanged & 0x7F;
        set => _frequencyAndChanged = (byte)((_frequencyAndChanged & 0x80) | value);
    }

    /// <summary>Whether it waits in the table's queue of changes.</summary>
    public bool Changed
    {
        readonly get => (_frequencyAndChanged & 0x80) != 0;
        set => _frequencyAndChanged = (byte)((_frequencyAndChanged & 0x7F) | (value ? 0x80 : 0));
    }

    /// <summary>In a heap, which has no neighbours, the expiry it is ordered by takes the place of a link.</summary>
    public uint HeapExpiry
    {
        readonly get => (uint)Next;
        set => Next = (int)value;
    }

    /// <summary>Takes over what is known of an entry, except for its size, which the table accounts for.</summary>
    public void SetAccess(in EvictionEntry entry)
    {
        LastAccess = EvictionTime.Compact(entry.LastAccess);
        Frequency = Math.Clamp(entry.Frequency, 0, EvictionEntry.MaxFrequency);
    }

    /// <summary>Counts an access, after the frequency has decayed by the time since the one before.</summary>
    public void CountAccess(long now)
    {
        var time = EvictionTime.Compact(now);
        Frequency = Math.Min(DecayedFrequency(time) + 1, EvictionEntry.MaxFrequency);
        LastAccess = time;
    }

    /// <summary>The frequency, halved for each half-life since the last access.</summary>
    public readonly int DecayedFrequency(uint now) => now <= LastAccess
        ? Frequency
        : Frequency >> (int)Math.Min(31, (now - LastAccess) / EvictionLimits.FrequencyHalfLife);
}
