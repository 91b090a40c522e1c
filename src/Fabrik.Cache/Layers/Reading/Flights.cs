using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>How a request got its place in a fetch.</summary>
internal enum Boarding
{
    /// <summary>A fetch was under way.</summary>
    Joined,

    /// <summary>A new fetch is made for it, which is to be run.</summary>
    Started,

    /// <summary>A fetch ended since the caller looked into the local tier: it is to look again.</summary>
    Changed,

    /// <summary>Too many are under way, or the process is shutting down.</summary>
    Refused,
}

/// <summary>The fetches that are under way, one for each artifact.</summary>
internal sealed class Flights(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ArtifactId, Fetch> _byId = [];

    // Those of _byId, and those that serve their readers but can be joined no more.
    private readonly HashSet<Fetch> _all = [];
    private long _landings;
    private bool _isStopped;

    /// <summary>
    /// Fetches that have ended: whoever sees the same number before and after looking into the local tier has missed
    /// none that filled it.
    /// </summary>
    public long Landings => Volatile.Read(ref _landings);

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>Joins the fetch of an artifact, or makes one.</summary>
    /// <param name="id">The artifact.</param>
    /// <param name="landings">The number before the local tier was looked into; null if that does not matter.</param>
    /// <param name="make">Makes a fetch.</param>
    /// <param name="fetch">The fetch, where there is one.</param>
    /// <param name="seat">The place in its window.</param>
    public Boarding Join(
        ArtifactId id, long? landings, Func<ArtifactId, Fetch> make, out Fetch? fetch, out WindowSeat? seat)
    {
        seat = null;
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out fetch) && (seat = fetch.Window.Join()) is not null)
            {
                return Boarding.Joined;
            }

            if (landings is { } before && before != _landings)
            {
                return Boarding.Changed;
            }

            if (_isStopped || _all.Count >= limit)
            {
                return Boarding.Refused;
            }

            fetch = make(id);
            seat = fetch.Window.Join();
            _byId[id] = fetch;
            _all.Add(fetch);
            return Boarding.Started;
        }
    }

    public Fetch? Find(ArtifactId id)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    public void Remove(Fetch fetch)
    {
        lock (_lock)
        {
            _all.Remove(fetch);
            _landings++;
            if (_byId.TryGetValue(fetch.Id, out var current) && current == fetch)
            {
                _byId.Remove(fetch.Id);
            }
        }
    }

    /// <summary>Completes when those that are under way now have ended.</summary>
    public Task LandAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_all.Select(fetch => fetch.Ended));
        }
    }

    /// <summary>Starts none any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
        }
    }
}
