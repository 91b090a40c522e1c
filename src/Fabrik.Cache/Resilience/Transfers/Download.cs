using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Fabrik.Cache.Resilience.Telemetry;

namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>One copy of a body, or of a part of it, from an upstream to a client.</summary>
internal sealed class Download : IDisposable
{
    private readonly UpstreamGuard _guard;
    private readonly PipeWriter _destination;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TransferWatch _watch;
    private readonly SeverableWriter _writer;
    private readonly int _epoch;

    public Download(UpstreamGuard guard, PipeWriter destination, CancellationToken cancellationToken)
    {
        _guard = guard;
        _destination = destination;
        _caller = cancellationToken;
        TransferLimits limits = new()
        {
            Idle = guard.Options.Timeout,
            MinRate = guard.Options.MinRate,
            Credit = 0,
        };
        _watch = new TransferWatch(limits, guard.Time);
        _writer = new SeverableWriter(destination, _watch, _cancellation.Token);
        _epoch = guard.Breaker.Phase.Epoch;
    }

    /// <summary>The tier's part, where it was given up and goes on.</summary>
    public Task? LeftBehind { get; private set; }

    /// <summary>Bytes that were copied.</summary>
    public long Bytes => _watch.Bytes;

    /// <summary>Copies.</summary>
    public ValueTask<CacheResult<Unit>> RunAsync(CachedArtifact artifact, long offset, long length)
    {
        ValueTask<CacheResult<Unit>> copying;
        try
        {
            copying = artifact.CopyToAsync(_writer, offset, length, _cancellation.Token);
        }
        catch (Exception exception)
        {
            copying = ValueTask.FromException<CacheResult<Unit>>(exception);
        }

        if (copying.IsCompletedSuccessfully && _writer.UnflushedBytes == 0)
        {
            _writer.Release();
            return new(End(copying.Result));
        }

        return AwaitAsync(copying.AsTask());
    }

    public void Dispose()
    {
        _watch.Dispose();
        if (LeftBehind is null)
        {
            _cancellation.Dispose();
        }
    }

    private async ValueTask<CacheResult<Unit>> AwaitAsync(Task<CacheResult<Unit>> copying)
    {
        using (_caller.UnsafeRegister(static self => ((Download)self!).Stop(TransferEnd.Cancelled), this))
        using (_guard.Closing.UnsafeRegister(static self => ((Download)self!).Stop(TransferEnd.Closing), this))
        using (_watch)
        {
            _watch.Start();
            await Task.WhenAny(copying, _watch.GivenUp);
        }

        if (!copying.IsCompleted)
        {
            _ = _cancellation.CancelAsync();
            LeftBehind = copying;
            _ = _guard.LeftBehind.FollowAsync(copying, ReleaseAsync);
            return GiveUp(await _watch.GivenUp);
        }

        try
        {
            return await ReadAsync(copying);
        }
        finally
        {
            _writer.Release();
        }
    }

    private async ValueTask<CacheResult<Unit>> ReadAsync(Task<CacheResult<Unit>> copying)
    {
        if (copying.IsCompletedSuccessfully)
        {
            if (_writer.UnflushedBytes > 0 && !_watch.HasEnded(out _))
            {
                await _writer.FlushAsync(_caller);
            }

            return End(await copying);
        }

        if (_writer.DestinationFault is { } fault)
        {
            _guard.Counters.Ended(TierOperation.Copy, "cancelled", _watch.Active);
            ExceptionDispatchInfo.Throw(fault);
        }

        return _watch.HasEnded(out var end)
            ? GiveUp(end)
            : End(_guard.Crashed(TierOperation.Copy, copying.Exception?.InnerException));
    }

    private void Stop(TransferEnd reason)
    {
        _watch.End(reason);
        _ = _cancellation.CancelAsync();
    }

    private CacheResult<Unit> GiveUp(TransferEnd end)
    {
        switch (end)
        {
            case TransferEnd.Idle:
                return End(_guard.Error(
                    CacheErrorKind.Timeout,
                    $"sent nothing for {_guard.Options.Timeout.TotalSeconds:0.#} s after {_watch.Bytes} bytes"));
            case TransferEnd.Slow:
                return End(_guard.Error(
                    CacheErrorKind.Timeout,
                    $"sent less than {_guard.Options.MinRate} bytes per second after {_watch.Bytes} bytes"));
            case TransferEnd.Closing:
                return Count(_guard.ShuttingDown);
            default:
                _guard.Counters.Ended(TierOperation.Copy, "cancelled", _watch.Active);
                _guard.Counters.ReceivedBytes(_watch.Bytes);
                throw new OperationCanceledException(_caller);
        }
    }

    private CacheResult<Unit> End(CacheResult<Unit> result)
    {
        _guard.Latency.Transferred(_watch.Bytes, _watch.Active);

        // A client that stopped reading may look to the tier like an error of its own.
        if (result.Error is null || !_writer.IsDestinationOver)
        {
            _guard.Report(TierOperation.Copy, new(_epoch, IsProbe: false), result.Error);
        }

        return Count(result);
    }

    private CacheResult<Unit> Count(CacheResult<Unit> result)
    {
        _guard.Counters.ReceivedBytes(_watch.Bytes);
        var name = UpstreamCounters.NameOf(result.Error);
        _guard.Counters.Ended(TierOperation.Copy, name, _watch.Active);
        return result;
    }

    private ValueTask ReleaseAsync()
    {
        _writer.Release();
        return ValueTask.CompletedTask;
    }
}
