using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience.Telemetry;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>A hit of an upstream, whose body is watched while it comes.</summary>
internal sealed class GuardedArtifact(CachedArtifact inner, UpstreamGuard guard) : CachedArtifact
{
    private readonly Lock _gate = new();
    private List<Task>? _leftBehind;
    private int _isCounted;
    private int _isDisposed;

    public override ArtifactInfo Info => inner.Info;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        if (!inner.TryGetMemory(out bytes))
        {
            return false;
        }

        Count(bytes.Length);
        return true;
    }

    public override bool TryGetFile(out SafeFileHandle? file, out long offset)
    {
        if (!inner.TryGetFile(out file, out offset))
        {
            return false;
        }

        Count(Info.Size);
        return true;
    }

    public override ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CacheResult<Unit>>(cancellationToken);
        }

        Download download = new(guard, destination, cancellationToken);
        if (UpstreamTraces.IsHeard)
        {
            return TraceAsync(download, offset, length);
        }

        var copying = download.RunAsync(inner, offset, length);
        if (!copying.IsCompletedSuccessfully)
        {
            return AwaitAsync(download, copying);
        }

        download.Dispose();
        return copying;
    }

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        lock (_gate)
        {
            if (_leftBehind is not null)
            {
                // The tier still uses it: it is let go of when the last copy has ended.
                _ = guard.LeftBehind.FollowAsync(Task.WhenAll(_leftBehind), inner.DisposeAsync);
                return ValueTask.CompletedTask;
            }
        }

        return guard.DisposeWithinLimitAsync(inner);
    }

    private async ValueTask<CacheResult<Unit>> AwaitAsync(Download download, ValueTask<CacheResult<Unit>> copying)
    {
        try
        {
            return await copying;
        }
        finally
        {
            if (download.LeftBehind is { } task)
            {
                lock (_gate)
                {
                    (_leftBehind ??= []).Add(task);
                }
            }

            download.Dispose();
        }
    }

    private ValueTask<CacheResult<Unit>> TraceAsync(Download download, long offset, long length) =>
        UpstreamTraces.TransferAsync(
            TierOperation.Copy,
            guard.Options.Name,
            () => AwaitAsync(download, download.RunAsync(inner, offset, length)),
            () => download.Bytes);

    private void Count(long bytes)
    {
        if (Interlocked.Exchange(ref _isCounted, 1) == 0)
        {
            guard.Counters.ReceivedBytes(bytes);
        }
    }
}
