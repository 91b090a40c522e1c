using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>A tier whose every answer is what a test says; without a script everything is a miss.</summary>
public sealed class ScriptedTier : ICacheTier
{
    private int _gets;
    private int _stats;
    private int _contains;
    private int _puts;
    private int _deletes;
    private int _disposals;

    public string Name => "scripted";

    public int Gets => Volatile.Read(ref _gets);

    public int Stats => Volatile.Read(ref _stats);

    public int Puts => Volatile.Read(ref _puts);

    public int Deletes => Volatile.Read(ref _deletes);

    public int Disposals => Volatile.Read(ref _disposals);

    public Func<ScriptedCall, ValueTask<CacheResult<CachedArtifact?>>> OnGet { get; set; } =
        _ => new(default(CachedArtifact));

    public Func<ScriptedCall, ValueTask<CacheResult<ArtifactInfo?>>> OnStat { get; set; } =
        _ => new(default(ArtifactInfo));

    public Func<ScriptedCall, Memory<bool>, ValueTask<CacheResult<Unit>>> OnContains { get; set; } =
        (_, _) => new(default(Unit));

    public Func<ScriptedCall, PipeReader, ValueTask<CacheResult<PutOutcome>>> OnPut { get; set; } =
        (_, _) => new(PutOutcome.Stored);

    public Func<ScriptedCall, ValueTask<CacheResult<bool>>> OnDelete { get; set; } = _ => new(false);

    public Func<string, ICacheTier>? OnFor { get; set; }

    public Func<ValueTask> OnDispose { get; set; } = () => ValueTask.CompletedTask;

    public ICacheTier For(string tenant) => OnFor?.Invoke(tenant) ?? this;

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        OnGet(new ScriptedCall(Interlocked.Increment(ref _gets), cancellationToken));

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        OnStat(new ScriptedCall(Interlocked.Increment(ref _stats), cancellationToken));

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        OnContains(new ScriptedCall(Interlocked.Increment(ref _contains), cancellationToken), found);

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        OnPut(new ScriptedCall(Interlocked.Increment(ref _puts), cancellationToken), body);

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        OnDelete(new ScriptedCall(Interlocked.Increment(ref _deletes), cancellationToken));

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        return OnDispose();
    }
}
