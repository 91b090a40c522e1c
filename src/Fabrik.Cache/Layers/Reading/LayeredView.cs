using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>All layers as one tenant sees them.</summary>
internal sealed class LayeredView : ICacheTier
{
    private readonly LayeredCache _cache;
    private readonly string _tenant;
    private readonly ReadPath _path;
    private readonly ExistenceSearch _existence;
    private readonly IUploads? _uploads;
    private readonly bool _isQueued;
    private readonly bool _isSync;

    public LayeredView(LayeredCache cache, ReadPath path, LayerParts parts, string tenant)
    {
        (_cache, _path, _tenant) = (cache, path, tenant);
        Local = parts.Local.For(tenant);
        _uploads = parts.Uploads;
        Sources =
        [
            .. from each in parts.Upstreams.Where(each => each.IsRead).Zip(path.Counters.Upstreams)
               select new UpstreamSource(each.First, each.First.Tier.For(tenant), each.Second, path.Logger),
        ];
        _isQueued = parts.Upstreams.Any(each => each.IsWritten && each.Options.WriteThrough == WriteThrough.Queued);
        _isSync = parts.Upstreams.Any(each => each.IsWritten && each.Options.WriteThrough == WriteThrough.Sync);
        _existence = new ExistenceSearch(path, this);
        Fetch = id => new Fetch(path, this, id);
    }

    public string Name => _cache.Name;

    /// <summary>The local tier.</summary>
    public ICacheTier Local { get; }

    /// <summary>The upstreams that are read, in their order.</summary>
    public IReadOnlyList<UpstreamSource> Sources { get; }

    /// <summary>Makes a fetch from <see cref="Sources"/>.</summary>
    public Func<ArtifactId, Fetch> Fetch { get; }

    /// <summary>
    /// Whether the local tier's answer stands, whatever upstreams have: a hit, or the end of the process.
    /// </summary>
    public static bool IsFinal<T>(in CacheResult<T?> local)
        where T : class =>
        local.Error is { } error ? error.Kind == CacheErrorKind.ShuttingDown : local.Value is not null;

    public ICacheTier For(string tenant) => _cache.For(tenant);

    // A local hit passes through without a state machine and without an allocation.
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var landings = _path.Flights.Landings;
        var opening = Local.GetAsync(id, cancellationToken);
        if (!opening.IsCompletedSuccessfully)
        {
            return AwaitAsync(opening, id, landings, cancellationToken);
        }

        var local = opening.Result;
        return IsFinal(local)
            ? ValueTask.FromResult(local)
            : _path.GetAsync(this, id, local, landings, cancellationToken);
    }

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var asking = Local.StatAsync(id, cancellationToken);
        if (!asking.IsCompletedSuccessfully)
        {
            return StatUpstreamsAsync(asking, id, cancellationToken);
        }

        var local = asking.Result;
        return IsFinal(local) || _path.IsKnownAbsent(id)
            ? ValueTask.FromResult(local)
            : StatUpstreamsAsync(ValueTask.FromResult(local), id, cancellationToken);
    }

    public async ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        var local = await Local.ContainsAsync(ids, found, cancellationToken);
        if (local.Error is { } error)
        {
            if (error.Kind == CacheErrorKind.ShuttingDown)
            {
                return error;
            }

            found.Span.Clear();
        }

        if (found.Span.Contains(false))
        {
            await _existence.RunAsync(ids, found, cancellationToken);
        }

        return default(Unit);
    }

    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Expects is { } expects && await FindAboveAsync(id, cancellationToken) is { } above)
        {
            options = options with
            {
                Expects = current => expects(current ?? (_path.WasDeleted(id) ? null : above)),
            };
        }

        var stored = await Local.PutAsync(id, body, options, cancellationToken);
        if (stored.TryGet(out var outcome, out _) && outcome != PutOutcome.Kept)
        {
            _path.Forget(id);
            var operation = options.Overwrite ? UploadOperation.Replace : UploadOperation.Put;
            UploadOrder order = new(_tenant, id, operation) { Size = options.ExpectedSize ?? 0 };
            await CarryAsync(order, cancellationToken);
        }

        return stored;
    }

    /// <summary>
    /// Removes it locally; upstreams that are written and not permanent follow by the queue. Until they did, or for
    /// <see cref="LayerOptions.DeletedTtl"/> where an upstream keeps the artifact, reads do not bring it back.
    /// </summary>
    public async ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        await _path.BeginDeleteAsync(id, cancellationToken);
        var deleted = await Local.DeleteAsync(id, cancellationToken);
        await EndDeleteAsync(id, deleted.Error, cancellationToken);
        return deleted;
    }

    public async ValueTask<CacheResult<bool>> DeleteIfAsync(
        ArtifactId id, Func<ArtifactInfo?, bool> expects, CancellationToken cancellationToken)
    {
        var above = await FindAboveAsync(id, cancellationToken);
        var wasDeleted = _path.WasDeleted(id);
        await _path.BeginDeleteAsync(id, cancellationToken);
        var deleted = await Local.DeleteIfAsync(id, current => expects(current ?? above), cancellationToken);
        if (deleted.Error is null || !wasDeleted)
        {
            await EndDeleteAsync(id, deleted.Error, cancellationToken);
        }

        return deleted;
    }

    /// <summary>Nothing: the cache is disposed of by who made it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask EndDeleteAsync(ArtifactId id, CacheError? error, CancellationToken cancellationToken)
    {
        if (error is null)
        {
            await CarryAsync(new UploadOrder(_tenant, id, UploadOperation.Delete), cancellationToken);
        }
        else
        {
            _path.Forget(id);
        }
    }

    /// <summary>What upstreams have and the local tier has not; <see langword="null"/> for nothing.</summary>
    private async ValueTask<ArtifactInfo?> FindAboveAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var local = await Local.StatAsync(id, cancellationToken);
        return !IsFinal(local)
            && (await StatUpstreamsAsync(ValueTask.FromResult(local), id, cancellationToken)).TryGet(
                out var above, out _)
                ? above
                : null;
    }

    /// <summary>The local tier has done it, whatever the caller does now: what waits must not be forgotten.</summary>
    private async ValueTask CarryAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        if (_uploads is not null && _isQueued)
        {
            await _uploads.EnqueueAsync(order, CancellationToken.None);
        }

        if (_uploads is not null && _isSync)
        {
            await _uploads.UploadNowAsync(order, cancellationToken);
        }
    }

    private async ValueTask<CacheResult<CachedArtifact?>> AwaitAsync(
        ValueTask<CacheResult<CachedArtifact?>> opening,
        ArtifactId id,
        long landings,
        CancellationToken cancellationToken)
    {
        var local = await opening;
        return IsFinal(local) ? local : await _path.GetAsync(this, id, local, landings, cancellationToken);
    }

    private async ValueTask<CacheResult<ArtifactInfo?>> StatUpstreamsAsync(
        ValueTask<CacheResult<ArtifactInfo?>> asking, ArtifactId id, CancellationToken cancellationToken)
    {
        var local = await asking;
        if (IsFinal(local) || _path.IsKnownAbsent(id) || await _path.IsDeletedAsync(id, cancellationToken))
        {
            return local;
        }

        var isAbsent = true;
        for (var source = 0; source < Sources.Count; source++)
        {
            if (_path.IsSuspect(id, source))
            {
                isAbsent = false;
                continue;
            }

            var answer = await Sources[source].StatAsync(id, cancellationToken);
            if (answer.TryGet(out var info, out _) && info is not null)
            {
                return info with { Id = id };
            }

            isAbsent &= answer.Error is null;
        }

        if (isAbsent)
        {
            _path.Absent.Add(id);
        }

        return local;
    }
}
