using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// Answers for one prefix which artifacts are there, without asking the store for each of them: from the index; by at
/// most <see cref="ExistenceOptions.MaxProbes"/> questions for those it does not know; the rest count as absent, which
/// costs an upload or a rebuild and nothing else. A batch with more of those than questions starts a listing.
/// </summary>
internal sealed class ExistenceView(ObjectSpace space, string prefix, PrefixListing? listing)
{
    private readonly ulong _salt = ExistenceIndex.SaltOf(prefix);

    private ExistenceOptions Options => space.Options.Existence;

    // A store that is near may be asked more.
    private int MaxProbes => space.Store.Traits.IsSlowToAsk ? Options.MaxProbes : Options.MaxProbes * 8;

    /// <summary>What is known of an artifact.</summary>
    public Existence Find(ArtifactId id) => space.Index.Find(_salt, id);

    /// <summary>An object was seen that is served; it is so until it expires.</summary>
    public void LearnPresent(ArtifactId id, DateTimeOffset? expires)
    {
        var lasting = expires is { } end ? end - space.Time.GetUtcNow() : Options.PresentFor;
        space.Index.Learn(
            _salt, id, Existence.Present, lasting < Options.PresentFor ? lasting : Options.PresentFor);
    }

    /// <summary>No object was there.</summary>
    public void LearnAbsent(ArtifactId id) => space.Index.Learn(_salt, id, Existence.Absent, Options.AbsentFor);

    /// <summary>An object is there that is not served.</summary>
    public void LearnUnusable(ArtifactId id) => space.Index.Learn(_salt, id, Existence.Unusable, Options.PresentFor);

    /// <summary>Says for each id whether it is there.</summary>
    public async ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        var unknown = FindKnown(ids.Span, found.Span);
        space.Metrics.Existence(space.Store.Name, "known", ids.Length - unknown.Count);
        if (unknown.Count == 0)
        {
            return default(Unit);
        }

        var probes = Math.Min(unknown.Count, MaxProbes);
        if (listing?.IsFresh == true)
        {
            probes = 0;
        }
        else if (unknown.Count > MaxProbes)
        {
            listing?.Start();
        }

        space.Metrics.Existence(space.Store.Name, "asked", probes);
        space.Metrics.Existence(space.Store.Name, "assumed", unknown.Count - probes);
        return await ProbeAsync(unknown.GetRange(0, probes), ids, found, cancellationToken);
    }

    private List<int> FindKnown(ReadOnlySpan<ArtifactId> ids, Span<bool> found)
    {
        var unknown = new List<int>();
        for (var i = 0; i < ids.Length; i++)
        {
            var state = Find(ids[i]);
            found[i] = state == Existence.Present;
            if (state == Existence.Unknown)
            {
                unknown.Add(i);
            }
        }

        return unknown;
    }

    private async ValueTask<CacheResult<Unit>> ProbeAsync(
        List<int> places, ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        CacheError? failure = null;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Options.ProbesAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(places, parallel, async (place, token) =>
        {
            if (Volatile.Read(ref failure) is not null)
            {
                return;
            }

            var id = ids.Span[place];
            var asked = await space.Store.ExistsAsync(ObjectKeys.Of(prefix, id), token);
            if (!asked.TryGet(out var exists, out var error))
            {
                Volatile.Write(ref failure, error);
                return;
            }

            found.Span[place] = exists;
            if (exists)
            {
                LearnPresent(id, expires: null);
            }
            else
            {
                LearnAbsent(id);
            }
        });
        return failure is null ? default(Unit) : failure;
    }
}
