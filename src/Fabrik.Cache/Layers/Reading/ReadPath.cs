using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Cache.Local.Blobs;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>What becomes of a read that the local tier did not answer; shared by the views of all tenants.</summary>
internal sealed class ReadPath : IAsyncDisposable
{
    /// <summary>Times that the local tier is looked into again because fetches ended meanwhile.</summary>
    private const int MaxLooks = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly IUploads? _uploads;
    private readonly ExpiringSet<ArtifactId> _deleted;
    private readonly ExpiringSet<(ArtifactId Id, int Source)> _suspects;

    public ReadPath(IReadOnlyList<Upstream> upstreams, LayerOptions options, IUploads? uploads, LayerWorld world)
    {
        (Options, _uploads, Time, Logger) = (options, uploads, world.Time, world.Logger);
        Memory = new WindowMemory(options.MaxMemory, world.Time);
        Flights = new Flights(options.MaxFetches);
        Counters = new LayerCounters([.. upstreams.Where(each => each.IsRead)]);
        Absent = new ExpiringSet<ArtifactId>(options.NegativeTtl, options.NegativeLimit, Time);
        _deleted = new ExpiringSet<ArtifactId>(options.DeletedTtl, options.TombstoneLimit, Time);
        _suspects = new ExpiringSet<(ArtifactId, int)>(options.SuspectTtl, options.TombstoneLimit, Time);
    }

    public LayerOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public WindowMemory Memory { get; }

    public Flights Flights { get; }

    public LayerCounters Counters { get; }

    /// <summary>Artifacts that no upstream had a moment ago.</summary>
    public ExpiringSet<ArtifactId> Absent { get; }

    public LayerStatistics Statistics => Counters.Snapshot(Flights.Running, Memory.Held);

    /// <summary>Whether upstreams need not be asked for an artifact, or must not; counted.</summary>
    public bool IsKnownAbsent(ArtifactId id)
    {
        if (!Absent.Contains(id) && !_deleted.Contains(id))
        {
            return false;
        }

        Counters.NegativeHit();
        return true;
    }

    /// <summary>Whether an artifact was deleted here a moment ago.</summary>
    public bool WasDeleted(ArtifactId id) => _deleted.Contains(id);

    /// <summary>Whether an artifact was deleted here and may still be in an upstream.</summary>
    public async ValueTask<bool> IsDeletedAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _deleted.Contains(id) || (_uploads is not null && await _uploads.IsDeletingAsync(id, cancellationToken));

    public bool IsSuspect(ArtifactId id, int source) => _suspects.Contains((id, source));

    /// <summary>
    /// Upstreams delivered wrong bytes: they are counted, and not asked for this artifact for a while.
    /// </summary>
    public void Suspect(LayeredView view, ArtifactId id, IReadOnlyCollection<int> sources, string reason)
    {
        foreach (var source in sources)
        {
            _suspects.Add((id, source));
            view.Sources[source].DeliveredWrongBytes(id, reason);
            LayerLog.WrongBytes(Logger, view.Sources[source].Name, id.ToString(), reason, Options.SuspectTtl);
        }
    }

    /// <summary>Remembers a deletion, and completes when no fetch can store the artifact any more.</summary>
    public async ValueTask BeginDeleteAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        _deleted.Add(id);
        if (Flights.Find(id) is { } fetch)
        {
            await fetch.ForbidAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The artifact is there now, or its deletion failed: nothing that was remembered holds any more.
    /// </summary>
    public void Forget(ArtifactId id)
    {
        Absent.Remove(id);
        _deleted.Remove(id);
    }

    /// <summary>Looks for an artifact in the upstreams.</summary>
    /// <param name="view">Whose.</param>
    /// <param name="id">The artifact.</param>
    /// <param name="local">What the local tier answered, which stands when no upstream has it.</param>
    /// <param name="landings"><see cref="Flights.Landings"/> before the local tier was asked.</param>
    /// <param name="cancellationToken">Ends the caller's wait, not the fetch.</param>
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(
        LayeredView view,
        ArtifactId id,
        CacheResult<CachedArtifact?> local,
        long landings,
        CancellationToken cancellationToken) =>
        view.Sources.Count == 0 || IsKnownAbsent(id)
            ? ValueTask.FromResult(local)
            : FetchAsync(view, id, (local, landings), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Flights.Stop();
        await _stopping.CancelAsync();
        await Flights.LandAsync();
        Memory.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask<CacheResult<CachedArtifact?>> FetchAsync(
        LayeredView view,
        ArtifactId id,
        (CacheResult<CachedArtifact?> Answer, long Landings) local,
        CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            long? landings = look < MaxLooks ? local.Landings : null;
            var boarding = Flights.Join(id, landings, view.Fetch, out var fetch, out var seat);
            if (boarding == Boarding.Refused)
            {
                Counters.Refused();
                return local.Answer;
            }

            if (boarding != Boarding.Changed)
            {
                return await WaitAsync(view, (fetch!, seat!, boarding), local.Answer, cancellationToken);
            }

            local.Landings = Flights.Landings;
            local.Answer = await view.Local.GetAsync(id, cancellationToken);
            if (LayeredView.IsFinal(local.Answer) || IsKnownAbsent(id))
            {
                return local.Answer;
            }
        }
    }

    private async ValueTask<CacheResult<CachedArtifact?>> WaitAsync(
        LayeredView view,
        (Fetch Fetch, WindowSeat Seat, Boarding How) place,
        CacheResult<CachedArtifact?> local,
        CancellationToken cancellationToken)
    {
        var (fetch, seat, how) = place;
        var isSeated = false;
        try
        {
            if (how == Boarding.Joined)
            {
                Counters.Collapsed();
            }
            else
            {
                _ = fetch.RunAsync(_stopping.Token);
            }

            var answer = await fetch.Answer.WaitAsync(cancellationToken);
            if (answer.Kind == FetchAnswerKind.Window && fetch.Window.Failure is null)
            {
                isSeated = true;
                return new StreamingArtifact(answer.Info!, fetch.Window, seat, view.Local);
            }

            return answer.Kind switch
            {
                FetchAnswerKind.Local => await view.Local.GetAsync(fetch.Id, cancellationToken),
                FetchAnswerKind.Memory => new MemoryArtifact(answer.Info!, answer.Bytes),
                _ => local,
            };
        }
        finally
        {
            if (!isSeated)
            {
                fetch.Window.Leave(seat);
            }
        }
    }
}
