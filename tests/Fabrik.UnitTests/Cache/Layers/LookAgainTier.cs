using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Testing;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>A local tier whose answer is old when it arrives: it looks first, and waits then.</summary>
internal sealed class LookAgainTier : ICacheTier
{
    private readonly MemoryTier _inner = new();

    public Func<CancellationToken, ValueTask>? OnGet { get; set; }

    public string Name => _inner.Name;

    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var found = await _inner.GetAsync(id, cancellationToken);
        await (OnGet?.Invoke(cancellationToken) ?? ValueTask.CompletedTask);
        return found;
    }

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _inner.StatAsync(id, cancellationToken);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        _inner.ContainsAsync(ids, found, cancellationToken);

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        _inner.PutAsync(id, body, options, cancellationToken);

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        _inner.DeleteAsync(id, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
