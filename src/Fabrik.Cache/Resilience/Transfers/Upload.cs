using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Cache.Resilience.Telemetry;

namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>
/// One write to an upstream. The body goes through a pipe of our own, so that a tier that is given up and goes on
/// nevertheless reads memory that nobody else uses, and no more of the caller's body.
/// </summary>
internal sealed class Upload : IDisposable
{
    private const long Buffered = 128 * 1024;
    private readonly UpstreamGuard _guard;
    private readonly PipeReader _body;
    private readonly BreakerPermit _permit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _cancellation = new();

    // Only the caller's body and our pipe see this one: cancelling it runs no code of the upstream's.
    private readonly CancellationTokenSource _pumping = new();
    private readonly TransferWatch _watch;
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: Buffered, resumeWriterThreshold: Buffered / 2, useSynchronizationContext: false));

    private Exception? _bodyFault;
    private bool _isBodyCancelled;
    private bool _isLeftBehind;

    public Upload(UpstreamGuard guard, PipeReader body, BreakerPermit permit, CancellationToken cancellationToken)
    {
        _guard = guard;
        _body = body;
        _permit = permit;
        _caller = cancellationToken;
        TransferLimits limits = new()
        {
            Idle = guard.Options.Timeout,
            MinRate = guard.Options.MinRate,
            Credit = GuardLimits.UploadCredit,
        };
        _watch = new TransferWatch(limits, guard.Time);
    }

    /// <summary>Bytes that were handed to the tier.</summary>
    public long Bytes => _watch.Bytes;

    /// <summary>Writes.</summary>
    public async ValueTask<CacheResult<PutOutcome>> RunAsync(ICacheTier tier, ArtifactId id, PutOptions options)
    {
        var putting = Begin(tier, id, options);
        Task pump;
        using (_caller.UnsafeRegister(static self => ((Upload)self!).Stop(TransferEnd.Cancelled), this))
        using (_guard.Closing.UnsafeRegister(static self => ((Upload)self!).Stop(TransferEnd.Closing), this))
        using (_watch)
        {
            _watch.Start();
            pump = PumpAsync();
            await Task.WhenAny(putting, _watch.GivenUp);
        }

        // Nothing of ours touches the caller's body after this.
        _pumping.Cancel();
        await pump;
        if (putting.IsCompleted)
        {
            await _pipe.Reader.CompleteAsync();
            return await ReadAsync(putting);
        }

        _isLeftBehind = true;
        _ = _cancellation.CancelAsync();
        await _pipe.Writer.CompleteAsync(new OperationCanceledException("the upload was given up"));
        _ = _guard.LeftBehind.FollowAsync(putting, () => _pipe.Reader.CompleteAsync());
        return GiveUp(await _watch.GivenUp);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _pumping.Dispose();
        if (!_isLeftBehind)
        {
            _cancellation.Dispose();
        }
    }

    private Task<CacheResult<PutOutcome>> Begin(ICacheTier tier, ArtifactId id, PutOptions options)
    {
        try
        {
            return tier.PutAsync(id, _pipe.Reader, options, _cancellation.Token).AsTask();
        }
        catch (Exception exception)
        {
            return Task.FromException<CacheResult<PutOutcome>>(exception);
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await PumpOnceAsync())
            {
            }

            if (!_isBodyCancelled)
            {
                _watch.Finish();
                await _pipe.Writer.CompleteAsync();
            }
        }
        catch (OperationCanceledException) when (_pumping.IsCancellationRequested || _watch.HasEnded(out _))
        {
            // The upload has ended, or was given up; what becomes of the pipe is decided there.
        }
        catch (Exception fault)
        {
            _bodyFault = fault;
            await _pipe.Writer.CompleteAsync(fault);
        }
    }

    private async ValueTask<bool> PumpOnceAsync()
    {
        if (!_watch.TryPause())
        {
            throw new OperationCanceledException(_pumping.Token);
        }

        ReadResult read;
        try
        {
            read = await _body.ReadAsync(_pumping.Token);
        }
        finally
        {
            _watch.Resume(0);
        }

        var isWanted = true;
        try
        {
            foreach (var segment in read.Buffer)
            {
                isWanted = !(await _pipe.Writer.WriteAsync(segment, _pumping.Token)).IsCompleted;
                _watch.Progress(segment.Length);
            }
        }
        finally
        {
            _body.AdvanceTo(read.Buffer.End);
        }

        if (read.IsCanceled)
        {
            _isBodyCancelled = true;
            _pipe.Reader.CancelPendingRead();
        }

        return isWanted && !read.IsCompleted && !read.IsCanceled;
    }

    private async ValueTask<CacheResult<PutOutcome>> ReadAsync(Task<CacheResult<PutOutcome>> putting)
    {
        if (putting.IsCompletedSuccessfully)
        {
            return End(await putting);
        }

        if (_bodyFault is not null)
        {
            return End(new CacheError(
                CacheErrorKind.Incomplete, CacheErrorSource.Client, "the body's sender failed", _bodyFault));
        }

        return _watch.HasEnded(out var end)
            ? GiveUp(end)
            : End(_guard.Crashed(TierOperation.Put, putting.Exception?.InnerException));
    }

    private void Stop(TransferEnd reason)
    {
        _watch.End(reason);
        _pumping.Cancel();
        _ = _cancellation.CancelAsync();
    }

    private CacheResult<PutOutcome> GiveUp(TransferEnd end)
    {
        switch (end)
        {
            case TransferEnd.Idle:
                return End(_guard.Error(
                    CacheErrorKind.Timeout,
                    $"took nothing for {_guard.Options.Timeout.TotalSeconds:0.#} s after {_watch.Bytes} bytes"));
            case TransferEnd.Slow:
                return End(_guard.Error(
                    CacheErrorKind.Timeout,
                    $"took less than {_guard.Options.MinRate} bytes per second after {_watch.Bytes} bytes"));
            case TransferEnd.Closing:
                _guard.Breaker.Left(_permit);
                return Count(_guard.ShuttingDown);
            default:
                _guard.Breaker.Left(_permit);
                _guard.Counters.SentBytes(_watch.Bytes);
                _guard.Counters.Ended(TierOperation.Put, "cancelled", _watch.Active);
                throw new OperationCanceledException(_caller);
        }
    }

    private CacheResult<PutOutcome> End(CacheResult<PutOutcome> result)
    {
        // What a tier makes of a body that broke off is no word about the upstream.
        if (result.Error is not null && (_bodyFault is not null || _isBodyCancelled))
        {
            _guard.Breaker.Left(_permit);
        }
        else
        {
            _guard.Report(TierOperation.Put, _permit, result.Error);
        }

        return Count(result);
    }

    private CacheResult<PutOutcome> Count(CacheResult<PutOutcome> result)
    {
        _guard.Counters.SentBytes(_watch.Bytes);
        var name = UpstreamCounters.NameOf(result.Error);
        _guard.Counters.Ended(TierOperation.Put, name, _watch.Active);
        return result;
    }
}
