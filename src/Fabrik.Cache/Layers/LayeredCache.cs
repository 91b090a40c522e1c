using System.Collections.Concurrent;
using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Reading;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers;

/// <summary>
/// The local tier with the upstreams behind it, as one tier. Where there are no upstreams it is not needed: the local
/// tier serves alone.
/// </summary>
/// <remarks>
/// <para>
/// Reads: the local tier, then the upstreams in their order; one fetch for each artifact, however many wait. An
/// upstream that fails is passed over, and what nobody could deliver is a miss: a build does not notice. Nobody gets
/// the whole of what was asked for before the artifact's digest was seen to be right.
/// </para>
/// <para>
/// Writes are acknowledged by the local tier and carried upward by the upload queue. A deletion follows the same way;
/// an artifact that an upstream keeps nevertheless (it is permanent or read-only) comes back from there once
/// <see cref="LayerOptions.DeletedTtl"/> is over.
/// </para>
/// <para>
/// What a write or a deletion expects is judged by the local tier. What only an upstream has counts as it was when the
/// request came; what other machines write there meanwhile is not seen.
/// </para>
/// </remarks>
public sealed class LayeredCache : ICacheTier
{
    private readonly ConcurrentDictionary<string, LayeredView> _views = new(StringComparer.Ordinal);
    private readonly LayerParts _parts;
    private readonly ReadPath _path;
    private readonly LayeredView _common;

    /// <summary>Puts the layers together.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public LayeredCache(LayerParts parts, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Options.FindFault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(parts));
        }

        _parts = parts;
        _path = new ReadPath(
            parts.Upstreams, parts.Options, parts.Uploads, new LayerWorld(time, logs.CreateLogger<LayeredCache>()));
        _common = new LayeredView(this, _path, parts, "");
    }

    /// <inheritdoc/>
    public string Name => "layers";

    /// <summary>What reading has done since the start.</summary>
    public LayerStatistics Statistics => _path.Statistics;

    /// <summary>What runs beside requests, for tests that wait for it.</summary>
    internal ReadPath Reads => _path;

    /// <inheritdoc/>
    public ICacheTier For(string tenant)
    {
        if (tenant.Length == 0)
        {
            return this;
        }

        if (_views.TryGetValue(tenant, out var view))
        {
            return view;
        }

        view = new LayeredView(this, _path, _parts, tenant);
        return _views.Count < _parts.Options.MaxTenants ? _views.GetOrAdd(tenant, view) : view;
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _common.GetAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _common.StatAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        _common.ContainsAsync(ids, found, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        _common.PutAsync(id, body, options, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _common.DeleteAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> DeleteIfAsync(
        ArtifactId id, Func<ArtifactInfo?, bool> expects, CancellationToken cancellationToken) =>
        _common.DeleteIfAsync(id, expects, cancellationToken);

    /// <summary>
    /// Breaks off what is being fetched, and waits until nothing is stored any more. Readers of what was broken off get
    /// an error.
    /// </summary>
    public ValueTask DisposeAsync() => _path.DisposeAsync();
}
