using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local;

/// <summary>Says which entries are there, and promises that they stay; from any thread.</summary>
internal sealed class StorePromises(StoreReader reader, StoreState state, LeaseTable leases, TimeProvider time)
{
    // Fewer ids are not worth waking other threads.
    private const int MinShared = 1024;

    /// <summary>
    /// Promises those that are there. One that was promised already cannot have left but by deletion; any other one is
    /// looked for again if something was evicted meanwhile, since it may have left before the promise.
    /// </summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    /// <exception cref="AggregateException">The same, where there are many.</exception>
    public void Promise(StoreDatabase.Session session, ReadOnlyMemory<ArtifactId> ids, Memory<bool> found)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (ids.Length < MinShared)
        {
            Promise(session, ids.Span, found.Span, now);
            return;
        }

        // By all processors, in parts of the same size for each of them.
        var part = (ids.Length + Environment.ProcessorCount - 1) / Environment.ProcessorCount;
        Parallel.ForEach(Partitioner.Create(0, ids.Length, part), range =>
        {
            var (start, length) = (range.Item1, range.Item2 - range.Item1);
            Promise(session, ids.Span.Slice(start, length), found.Span.Slice(start, length), now);
        });
    }

    private void Promise(StoreDatabase.Session session, ReadOnlySpan<ArtifactId> ids, Span<bool> found, long now)
    {
        var keys = ArrayPool<ulong>.Shared.Rent(ids.Length);
        var order = ArrayPool<int>.Shared.Rent(ids.Length);
        var isPromised = ArrayPool<bool>.Shared.Rent(ids.Length);
        try
        {
            Sort(ids, keys.AsSpan(0, ids.Length), order.AsSpan(0, ids.Length));
            var until = now + (long)state.Options.Lease.TotalSeconds;
            var watch = leases.Watch();
            for (var i = 0; i < ids.Length; i++)
            {
                isPromised[i] = leases.TryRenew(keys[i], until, now);
            }

            Look(session, ids, order.AsSpan(0, ids.Length), found);
            var fresh = 0;
            for (var i = 0; i < ids.Length; i++)
            {
                var at = order[i];
                if (found[at] && !isPromised[i])
                {
                    found[at] = leases.TryExtend(keys[i], until, now);
                    order[fresh] = at;
                    fresh += found[at] ? 1 : 0;
                }
            }

            if (!leases.IsQuietSince(watch))
            {
                Look(session, ids, order.AsSpan(0, fresh), found);
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(keys);
            ArrayPool<int>.Shared.Return(order);
            ArrayPool<bool>.Shared.Return(isPromised);
        }
    }

    /// <summary>The keys of ids in the order of the ids, and whose they are.</summary>
    private static void Sort(ReadOnlySpan<ArtifactId> ids, Span<ulong> keys, Span<int> order)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            (keys[i], order[i]) = (EvictionKey.Of(ids[i]), i);
        }

        keys.Sort(order);

        // What shares a key is the same id twice, but for a chance in 2⁶⁴.
        for (var i = 1; i < ids.Length; i++)
        {
            for (var j = i; j > 0 && keys[j] == keys[j - 1] && ids[order[j]] < ids[order[j - 1]]; j--)
            {
                (order[j], order[j - 1]) = (order[j - 1], order[j]);
            }
        }
    }

    private void Look(
        StoreDatabase.Session session, ReadOnlySpan<ArtifactId> ids, ReadOnlySpan<int> order, Span<bool> found)
    {
        RocksKeys keys = new(MemoryMarshal.AsBytes(ids), ArtifactId.Length);
        Span<RocksSlice> records = stackalloc RocksSlice[RocksDatabase.MaxKeys];
        while (!order.IsEmpty)
        {
            var batch = order[..Math.Min(order.Length, RocksDatabase.MaxKeys)];
            order = order[batch.Length..];
            session.Database.GetMany(StoreFamilies.Entries, keys, batch, records);
            for (var i = 0; i < batch.Length; i++)
            {
                using var record = records[i];
                found[batch[i]] = !record.IsNone && reader.IsServed(record.Bytes);
            }
        }
    }
}
