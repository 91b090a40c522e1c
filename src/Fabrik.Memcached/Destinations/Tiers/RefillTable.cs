using System.Diagnostics.CodeAnalysis;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>
/// The values that are being read at the fallback, by key, so that each is read once at a time, but for those who touch
/// it, and for one more who waits than there may be: their readings stand behind the first one's. A key too many is
/// read without the table: then any change may have been one of it.
/// </summary>
/// <param name="maxKeys">Keys at a time.</param>
/// <param name="maxWaiting">Those who wait for one key.</param>
internal sealed class RefillTable(int maxKeys, int maxWaiting)
{
    private readonly Dictionary<Request, Refill> _byKey = new(new KeyComparer());
    private readonly Stack<RefillWait> _idle = new();
    private long _changes;

    /// <summary>Waits for another one's reading.</summary>
    public bool TryJoin(ReadOnlySpan<byte> key, out ValueTask<Refill> refill)
    {
        if (_byKey.Count == 0 || !Find(key, out var found) || found.WaitingCount >= maxWaiting)
        {
            refill = default;
            return false;
        }

        if (!_idle.TryPop(out var wait))
        {
            wait = new RefillWait(this);
        }

        wait.Next = found.Waiting;
        found.Waiting = wait;
        found.WaitingCount++;
        refill = wait.Task;
        return true;
    }

    /// <summary>Begins a reading, which others may join unless the table is full. The caller has it.</summary>
    public Refill Begin(Request request)
    {
        var refill = new Refill(request) { ChangesBefore = _changes };
        if (_byKey.TryGetValue(request, out var first))
        {
            refill.StandBehind(first);
        }
        else if (_byKey.Count < maxKeys)
        {
            _byKey.Add(request, refill);
            refill.IsListed = true;
        }

        return refill;
    }

    /// <summary>The fallback has answered: those who wait have it then, in the order in which they came.</summary>
    public void End(Refill refill, Reply reply)
    {
        if (!refill.IsListed)
        {
            refill.WasOvertaken |= refill.ChangesBefore != _changes;
        }
        else if (refill.Leave() is { } next)
        {
            _byKey.Remove(refill.Request);
            _byKey.Add(next.Request, next);
        }
        else if (_byKey.TryGetValue(refill.Request, out var listed) && listed == refill)
        {
            _byKey.Remove(refill.Request);
        }

        refill.SetReply(reply);
        RefillWait? first = null;
        while (refill.Waiting is { } wait)
        {
            refill.Waiting = wait.Next;
            wait.Next = first;
            first = wait;
        }

        while (first is { } wait)
        {
            first = wait.Next;
            wait.Next = null;
            wait.Set(refill.Retain());
        }
    }

    /// <summary>
    /// A key is changed: what is being read of it is not stored, and who comes from now on reads anew.
    /// </summary>
    public void Overtake(ReadOnlySpan<byte> key)
    {
        _changes++;
        if (_byKey.Count > 0 && Find(key, out var found))
        {
            _byKey.Remove(found.Request);
            found.Overtake();
        }
    }

    /// <summary>Takes one back that waits no more.</summary>
    public void Return(RefillWait wait)
    {
        if (_idle.Count < maxWaiting)
        {
            _idle.Push(wait);
        }
    }

    private bool Find(ReadOnlySpan<byte> key, [NotNullWhen(true)] out Refill? refill) =>
        _byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out refill);

    private sealed class KeyComparer :
        IEqualityComparer<Request>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Request>
    {
        public bool Equals(Request? x, Request? y) =>
            ReferenceEquals(x, y) || (x is not null && y is not null && x.RoutingKey.SequenceEqual(y.RoutingKey));

        public bool Equals(ReadOnlySpan<byte> alternate, Request other) => other.RoutingKey.SequenceEqual(alternate);

        public int GetHashCode(Request obj) => GetHashCode(obj.RoutingKey);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Seeded for each process: clients choose keys.
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public Request Create(ReadOnlySpan<byte> alternate) =>
            throw new NotSupportedException("Requests are not made from keys.");
    }
}
