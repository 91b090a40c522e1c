namespace Fabrik.Cache.Eviction;

/// <summary>
/// The order in which entries leave a full store. A policy chooses, the store deletes: there is no I/O here, and no
/// operation looks at more than a fixed number of entries.
/// </summary>
/// <remarks>
/// Not thread-safe: every call is made under one lock of the caller's. Reads stay off that lock by noting their keys
/// in an <see cref="AccessJournal"/>, which is drained under it. Memory is 36 bytes an entry (40 for ttl, up to 44 for
/// lfu), in segments that are never copied, so no call stalls on growth; it stays at the peak when entries go.
/// </remarks>
internal interface IEvictionPolicy
{
    /// <summary>Which policy this is.</summary>
    EvictionPolicyKind Kind { get; }

    /// <summary>How many entries there are.</summary>
    int Count { get; }

    /// <summary>The sum of their sizes.</summary>
    long Bytes { get; }

    /// <summary>
    /// Takes an entry in, or changes the size and access of one that is there. An entry whose last access lies before
    /// the policy's creation was known to an earlier process and takes a place by its age, in steps of about a fifth.
    /// </summary>
    void Add(in EvictionEntry entry);

    /// <summary>Counts an access; false when the entry is unknown.</summary>
    bool Touch(ulong key, long now);

    /// <summary>Forgets an entry that was deleted for another reason than eviction.</summary>
    bool Remove(ulong key);

    /// <summary>Finds what is known of an entry.</summary>
    bool TryGet(ulong key, out EvictionEntry entry);

    /// <summary>
    /// Chooses the next victim and forgets it; should the store fail to delete it, it adds it again. A candidate that
    /// <paramref name="mayEvict"/> refuses (leased, or being read) is set back behind others, as if it were just used.
    /// False after <see cref="EvictionLimits.MaxCandidates"/> candidates without success: the caller may call again,
    /// or give up.
    /// </summary>
    bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim);

    /// <summary>
    /// Like <see cref="TryChooseVictim"/>, but only among entries that expired by <paramref name="now"/>. Always false
    /// for a policy that does not order by expiry.
    /// </summary>
    bool TryChooseExpired(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim);

    /// <summary>
    /// Takes out entries that were touched since they were last taken out, for the store to persist their recency and
    /// frequency. Of more than <see cref="EvictionLimits.MaxPendingChanges"/> changes the surplus is not reported.
    /// </summary>
    /// <returns>How many were written; fewer than fit means there are no more.</returns>
    int TakeChanges(Span<EvictionEntry> destination);

    /// <summary>
    /// Copies entries from a cursor (0 at first) on, in no order, to build another policy from them step by step.
    /// Entries that come or go meanwhile may be missed or repeated.
    /// </summary>
    /// <returns>How many were written; 0 means the end.</returns>
    int Export(ref int cursor, Span<EvictionEntry> destination);
}
