using System.Collections.Concurrent;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// Artifacts in an object store, each an object with a header of its own in front (docs/formats/object.md). What lies
/// under one of our keys and is not whole, ours and unexpired is a miss, is counted, and is replaced by the next write.
/// </summary>
/// <remarks>
/// <see cref="ContainsAsync"/> does not ask the store for each id: see <see cref="ExistenceView"/>. A write needs size
/// and digest beforehand. An entry that is there stays unless the writer may overwrite, where the store has conditional
/// writes; where it has not, the last of two writers at the same moment wins.
/// </remarks>
internal sealed class ObjectTier : ICacheTier
{
    private readonly ObjectSpace _space;
    private readonly PrefixListing? _listing;
    private readonly ExistenceView _existence;
    private readonly ObjectReader _reader;
    private readonly ObjectWriter _writer;
    private readonly string _prefix;

    // Of the view that all others come from.
    private readonly ConcurrentDictionary<string, ObjectTier>? _tenants;

    /// <summary>A tier over a store, which it then owns.</summary>
    public ObjectTier(IObjectStore store, ObjectTierOptions options, ObjectMetrics metrics, TimeProvider time)
        : this(new ObjectSpace(store, options, metrics, time), "", canList: true)
    {
        _tenants = ObjectKeys.IsPerTenant(options.Prefix) ? new(StringComparer.Ordinal) : null;
    }

    private ObjectTier(ObjectSpace space, string tenant, bool canList)
    {
        _space = space;
        _prefix = ObjectKeys.Expand(space.Options.Prefix, tenant);
        _listing = canList && space.Store.Traits.CanList ? new PrefixListing(space, _prefix) : null;
        _existence = new ExistenceView(space, _prefix, _listing);
        _reader = new ObjectReader(space, _prefix, _existence);
        _writer = new ObjectWriter(space, _prefix, _existence, _reader);
    }

    /// <inheritdoc/>
    public string Name => _space.Store.Name;

    /// <summary>The listing of this view's prefix, which tests wait for.</summary>
    internal Task Listing => _listing?.Running ?? Task.CompletedTask;

    private CacheError? Stopping => _space.IsStopping
        ? CacheError.Internal(CacheErrorKind.ShuttingDown, $"{Name} is being closed")
        : null;

    /// <inheritdoc/>
    public ICacheTier For(string tenant)
    {
        if (_tenants is null || tenant.Length == 0)
        {
            return this;
        }

        if (_tenants.TryGetValue(tenant, out var view))
        {
            return view;
        }

        // The limit is not exact under a race, and need not be.
        return _tenants.Count < _space.Options.MaxTenants
            ? _tenants.GetOrAdd(tenant, static (name, space) => new ObjectTier(space, name, canList: true), _space)
            : new ObjectTier(_space, tenant, canList: false);
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (Stopping is { } stopping)
        {
            return stopping;
        }

        var opened = await _reader.OpenAsync(id, cancellationToken);
        return opened.TryGet(out var found, out var error)
            ? found is null ? (CachedArtifact?)null : new ObjectArtifact(_reader, found)
            : error;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (Stopping is { } stopping)
        {
            return stopping;
        }

        var read = await _reader.StatAsync(id, cancellationToken);
        return read.TryGet(out var head, out var error) ? head?.ToInfo() : error;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        Stopping is { } stopping ? stopping : await _existence.ContainsAsync(ids, found, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        Stopping is { } stopping ? stopping : await _writer.PutAsync(id, body, options, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (Stopping is { } stopping)
        {
            return stopping;
        }

        if (!_space.Store.Traits.CanDelete)
        {
            return new CacheError(
                CacheErrorKind.ReadOnly,
                CacheErrorSource.Upstream,
                $"{Name} cannot remove artifacts; they expire there");
        }

        var deleted = await _space.Store.DeleteAsync(ObjectKeys.Of(_prefix, id), cancellationToken);
        if (deleted.Error is null)
        {
            _existence.LearnAbsent(id);
        }

        return deleted;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_space.IsStopping)
        {
            return;
        }

        await _space.StopAsync();
        await Listing;
        foreach (var view in _tenants?.Values ?? [])
        {
            await view.Listing;
        }

        await _space.DisposeAsync();
    }
}
