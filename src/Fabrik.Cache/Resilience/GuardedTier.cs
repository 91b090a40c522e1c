using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Cache.Resilience.Calls;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Cache.Resilience.Transfers;

namespace Fabrik.Cache.Resilience;

/// <summary>
/// Makes an upstream harmless, whatever it does: hangs, trickles, fails, throws, lies. What is asked of it ends within
/// the limits of its <see cref="UpstreamOptions"/>, with an answer or with an error of source
/// <see cref="CacheErrorSource.Upstream"/>; one that fails again and again is left alone
/// (<see cref="CacheErrorKind.Unavailable"/> at once), and so is one that is too slow to be worth asking.
/// </summary>
/// <remarks>
/// A read passes: 1. <see cref="UpstreamGuard.Admit"/>: shutting down, breaker, latency model. 2. It is sent; an answer
/// that is there at once goes straight back. 3. Else it is waited for within the answer time-out, over all attempts: a
/// second request where the first is unusually slow, retries after failures. 4. The body is watched while it is copied:
/// idle time-out, minimal rate. What is given up is cancelled and left behind; if it is answered yet, the answer is
/// disposed of. Writes pass 1, 2 and 4; trying them again is their queue's business.
/// </remarks>
public sealed class GuardedTier : ICacheTier
{
    private readonly ICacheTier _inner;
    private readonly UpstreamGuard _guard;
    private readonly bool _isView;
    private int _isDisposed;

    /// <summary>Guards a tier, which is this one's from now on.</summary>
    /// <param name="inner">The upstream.</param>
    /// <param name="options">The limits, and the name in logs and metrics.</param>
    /// <param name="services">What is needed of the process.</param>
    public GuardedTier(ICacheTier inner, UpstreamOptions options, GuardServices services)
        : this(inner, new UpstreamGuard(options, services), isView: false)
    {
    }

    private GuardedTier(ICacheTier inner, UpstreamGuard guard, bool isView)
    {
        _inner = inner;
        _guard = guard;
        _isView = isView;
    }

    /// <inheritdoc/>
    public string Name => _guard.Options.Name;

    /// <summary>How the upstream fares now.</summary>
    public UpstreamState State => _guard.State;

    /// <summary>
    /// How long a body of that many bytes would take, from its answer to its last byte; <see langword="null"/> as long
    /// as too little is known of the upstream to say.
    /// </summary>
    public TimeSpan? EstimateTransfer(long bytes) => _guard.Latency.Estimate(bytes);

    /// <summary>
    /// There are new credentials: an upstream that is left alone because it refused the old ones is asked again with
    /// the next request.
    /// </summary>
    public void CredentialsChanged() => _guard.Breaker.CredentialsChanged();

    /// <summary>
    /// Whoever received a body found that it is not what was announced: counts like a failure of the upstream.
    /// </summary>
    public void ReportBadBody(CacheError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _guard.Counters.Refused(TierOperation.Copy, CacheErrorKindNames.Of(error.Kind));
        _guard.Report(TierOperation.Copy, new BreakerPermit(_guard.Breaker.Phase.Epoch, IsProbe: false), error);
    }

    /// <inheritdoc/>
    public ICacheTier For(string tenant)
    {
        var view = _inner.For(tenant);
        return ReferenceEquals(view, _inner) ? this : new GuardedTier(view, _guard, isView: true);
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        CallRunner.RunAsync<GetCall, CachedArtifact?>(_guard, new GetCall(_inner, id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        CallRunner.RunAsync<StatCall, ArtifactInfo?>(_guard, new StatCall(_inner, id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        CallRunner.RunAsync<ContainsCall, Unit>(_guard, new ContainsCall(_inner, ids, found), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        CallRunner.RunAsync<DeleteCall, bool>(_guard, new DeleteCall(_inner, id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CacheResult<PutOutcome>>(cancellationToken);
        }

        if (_guard.Admit(TierOperation.Put, out var permit) is { } refusal)
        {
            return new(refusal);
        }

        return UploadAsync(id, options, new Upload(_guard, body, permit, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isView || Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _guard.CloseAsync();
        await _guard.DisposeWithinLimitAsync(_inner);
        _guard.Dispose();
    }

    private async ValueTask<CacheResult<PutOutcome>> UploadAsync(ArtifactId id, PutOptions options, Upload upload)
    {
        using var owned = upload;
        return UpstreamTraces.IsHeard
            ? await UpstreamTraces.TransferAsync(
                TierOperation.Put, Name, () => upload.RunAsync(_inner, id, options), () => upload.Bytes)
            : await upload.RunAsync(_inner, id, options);
    }
}
