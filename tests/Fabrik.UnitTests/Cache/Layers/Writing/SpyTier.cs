using System.Collections.Concurrent;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Testing;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>An upstream in memory that notes what it is asked, by whom, and how many ask at a time.</summary>
internal sealed class SpyTier(MemoryTier inner, string tenant = "") : ICacheTier
{
    private readonly ConcurrentDictionary<string, SpyTier> _views = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ArtifactId, int> _busy = new();
    private int _calls;
    private int _running;

    public MemoryTier Inner => inner;

    public string Name => "spy";

    /// <summary>Runs before each write and deletion.</summary>
    public Func<ArtifactId, CancellationToken, Task>? Before { get; set; }

    /// <summary>The options of the last write.</summary>
    public PutOptions? LastPut { get; private set; }

    /// <summary>All calls.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How many ids each existence check asked for.</summary>
    public ConcurrentQueue<int> Checks { get; } = new();

    /// <summary>The most writes and deletions at a time.</summary>
    public int MostRunning { get; private set; }

    /// <summary>Whether two were at work on one artifact.</summary>
    public bool HasOverlapped { get; private set; }

    /// <summary>The tenants that were named.</summary>
    public IEnumerable<string> Tenants => _views.Keys;

    public ICacheTier For(string tenant1) => tenant1.Length == 0 ? this : View(tenant1);

    /// <summary>What one tenant has.</summary>
    public SpyTier View(string name) => _views.GetOrAdd(name, key => new SpyTier(new MemoryTier(), key));

    public override string ToString() => $"spy {tenant}";

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        inner.GetAsync(id, cancellationToken);

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        inner.StatAsync(id, cancellationToken);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        Checks.Enqueue(ids.Length);
        return inner.ContainsAsync(ids, found, cancellationToken);
    }

    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        LastPut = options;
        Enter(id);
        try
        {
            await (Before?.Invoke(id, cancellationToken) ?? Task.CompletedTask);
            return await inner.PutAsync(id, body, options, cancellationToken);
        }
        finally
        {
            Leave(id);
        }
    }

    public async ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        Enter(id);
        try
        {
            await (Before?.Invoke(id, cancellationToken) ?? Task.CompletedTask);
            return await inner.DeleteAsync(id, cancellationToken);
        }
        finally
        {
            Leave(id);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Enter(ArtifactId id)
    {
        Interlocked.Increment(ref _calls);
        MostRunning = Math.Max(MostRunning, Interlocked.Increment(ref _running));
        if (_busy.AddOrUpdate(id, 1, (_, count) => count + 1) > 1)
        {
            HasOverlapped = true;
        }
    }

    private void Leave(ArtifactId id)
    {
        _busy.AddOrUpdate(id, 0, (_, count) => count - 1);
        Interlocked.Decrement(ref _running);
    }
}
