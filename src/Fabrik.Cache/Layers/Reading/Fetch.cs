using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// One search for one artifact in the upstreams, for all who ask meanwhile. It runs on its own: it goes on when they
/// leave, so that the local tier has the artifact next time, and ends at shutdown.
/// </summary>
/// <remarks>
/// 1. A deletion that is under way makes it a miss. 2. The upstreams are asked in their order. 3. What one has is
/// transferred: a small artifact into the local tier, where those who wait open it once it is verified; a larger one
/// through the window to those who wait, and into the local tier beside. 4. An upstream that fails before anybody was
/// given a byte is passed over; after that, the readers get an error.
/// </remarks>
internal sealed class Fetch(ReadPath path, LayeredView view, ArtifactId id)
{
    /// <summary>
    /// The least time that a fetched artifact is kept: its end is by the upstream's clock, which may be off.
    /// </summary>
    private static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<FetchAnswer> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private StoreFeed? _feed;
    private bool _isForbidden;

    public ArtifactId Id => id;

    /// <summary>Where readers of an artifact that streams find its bytes; those who wait have seats in it.</summary>
    public Window Window { get; } = new(path.Memory);

    /// <summary>Where the artifact is, once that is known.</summary>
    public Task<FetchAnswer> Answer => _answer.Task;

    /// <summary>Completes when the fetch holds nothing any more but a window that is still read.</summary>
    public Task Ended => _ended.Task;

    private bool IsStreaming => _answer.Task.IsCompleted;

    public async Task RunAsync(CancellationToken stopping)
    {
        var answer = FetchAnswer.Miss;
        try
        {
            answer = await SearchAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Those who wait get a miss; those who read, the error that the transfer left in the window.
        }
        catch (Exception error)
        {
            LayerLog.FetchFailed(path.Logger, id.ToString(), error);
        }

        path.Flights.Remove(this);
        _answer.TrySetResult(answer);
        _ended.TrySetResult();
    }

    /// <summary>
    /// Sees to it that nothing is stored from now on, and completes when what was about to be stored is, so that a
    /// deletion finds it. Those who read or wait get what they asked for.
    /// </summary>
    public async ValueTask ForbidAsync(CancellationToken cancellationToken)
    {
        StoreFeed? feed;
        lock (_lock)
        {
            _isForbidden = true;
            feed = _feed;
        }

        if (feed is not null)
        {
            feed.Forbid();
            await feed.Ended.WaitAsync(cancellationToken);
        }
    }

    private async ValueTask<FetchAnswer> SearchAsync(CancellationToken stopping)
    {
        // After the fetch can be found: a deletion that does not see it is seen here.
        if (await path.IsDeletedAsync(id, stopping))
        {
            return FetchAnswer.Miss;
        }

        path.Counters.Fetched();
        var isAbsent = true;
        for (var source = 0; source < view.Sources.Count; source++)
        {
            if (path.IsSuspect(id, source))
            {
                isAbsent = false;
                continue;
            }

            var found = await view.Sources[source].GetAsync(id, stopping);
            if (!found.TryGet(out var artifact, out _))
            {
                isAbsent = false;
            }
            else if (artifact is not null)
            {
                await using (artifact)
                {
                    isAbsent = false;
                    if (!view.Sources[source].IsSlowerThanBuilding(artifact.Info)
                        && await TransferAsync(artifact, source, stopping) is { } answer)
                    {
                        return answer;
                    }
                }
            }
        }

        if (isAbsent)
        {
            path.Absent.Add(id);
        }

        return FetchAnswer.Miss;
    }

    /// <summary>
    /// Transfers what an upstream has; null when it did not succeed, and nobody has seen anything of it.
    /// </summary>
    private async ValueTask<FetchAnswer?> TransferAsync(
        CachedArtifact artifact, int source, CancellationToken stopping)
    {
        var info = artifact.Info with { Id = id };
        if (info.Size <= path.Options.VerifyFirstLimit
            && artifact.TryGetMemory(out var bytes) && bytes.Length == info.Size)
        {
            return await StoreWholeAsync(info, bytes, source);
        }

        var streamed = info.Size > path.Options.VerifyFirstLimit ? new FetchAnswer(FetchAnswerKind.Window, info) : null;
        StoreFeed feed = new(info.Size, path.Memory.Segments);
        Start(feed, info);
        using var transfer = new Transfer(
            path, info, Window, feed, streamed is null ? null : () => _answer.TrySetResult(streamed));
        await using var pump = new TransferPump(path, view, transfer);
        var failure = Broken("the transfer was broken off");
        try
        {
            if (streamed is not null)
            {
                // Whoever asked first runs the fetch up to here, and is to read what comes while it comes.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            await pump.RunAsync(artifact, source, stopping);
            if (streamed is null)
            {
                return await FinishVerifiedAsync(transfer, pump, feed);
            }

            failure = await FinishStreamedAsync(transfer, pump, (feed, streamed), stopping);
            return IsStreaming ? streamed : null;
        }
        finally
        {
            await feed.AbortAsync();
            if (!IsStreaming)
            {
                Window.Begin(0, 0);
            }
            else if (failure is not null)
            {
                Window.Fail(failure);
            }
        }
    }

    /// <summary>Stores an artifact that came whole with the answer, without a transfer.</summary>
    private async ValueTask<FetchAnswer?> StoreWholeAsync(ArtifactInfo info, ReadOnlyMemory<byte> bytes, int source)
    {
        view.Sources[source].Counters.Received(bytes.Length);
        StoreFeed feed = new(bytes);
        Start(feed, info);
        if ((await feed.FinishAsync()).Error is not { } error)
        {
            return FetchAnswer.Local;
        }

        if (error.Kind != CacheErrorKind.DigestMismatch
            && new ContentDigest(SHA256.HashData(bytes.Span)) == info.Digest)
        {
            Unstored(error);
            return new FetchAnswer(FetchAnswerKind.Memory, info, bytes.ToArray());
        }

        path.Suspect(view, id, [source], "its digest is another one");
        return null;
    }

    /// <summary>Ends the transfer of a small artifact: stored and verified, or verified in memory.</summary>
    private async ValueTask<FetchAnswer?> FinishVerifiedAsync(Transfer transfer, TransferPump pump, StoreFeed feed)
    {
        if (!transfer.IsWhole)
        {
            Blame(transfer, pump);
            return null;
        }

        if ((await feed.FinishAsync()).Error is not { } error)
        {
            return FetchAnswer.Local;
        }

        if (error.Kind != CacheErrorKind.DigestMismatch)
        {
            if (!Window.IsWhole)
            {
                return null;
            }

            var bytes = Window.ToArray();
            if (new ContentDigest(SHA256.HashData(bytes)) == transfer.Info.Digest)
            {
                Unstored(error);
                return new FetchAnswer(FetchAnswerKind.Memory, transfer.Info, bytes);
            }
        }

        path.Suspect(view, id, pump.Contributors, "its digest is another one");
        return null;
    }

    /// <summary>Ends the transfer of an artifact that streams; the error that is left for its readers.</summary>
    private async ValueTask<CacheError?> FinishStreamedAsync(
        Transfer transfer, TransferPump pump, (StoreFeed Feed, FetchAnswer Answer) streamed, CancellationToken stopping)
    {
        if (!transfer.IsWhole)
        {
            Blame(transfer, pump);
            return Broken($"{transfer.Offset} of {transfer.Info.Size} bytes came");
        }

        if (!transfer.HasRightDigest())
        {
            path.Suspect(view, id, pump.Contributors, "its digest is another one");
            return new CacheError(
                CacheErrorKind.DigestMismatch, CacheErrorSource.Upstream, "an upstream delivered wrong bytes");
        }

        Window.Verified();
        _answer.TrySetResult(streamed.Answer);
        var stored = await streamed.Feed.FinishAsync();
        if (!streamed.Feed.HasFailed)
        {
            Window.Stored();
            return null;
        }

        Unstored(stored.Error);
        Window.Pace();
        await transfer.DrainAsync(stopping);
        return Broken("the artifact could not be stored");
    }

    private void Start(StoreFeed feed, ArtifactInfo info)
    {
        lock (_lock)
        {
            _feed = feed;
            if (_isForbidden)
            {
                feed.Forbid();
            }
        }

        var life = info.ExpiresAt - path.Time.GetUtcNow();
        feed.Start(view.Local, id, new PutOptions
        {
            Metadata = info.Metadata.Unlisted(),
            ExpectedSize = info.Size,
            ExpectedDigest = info.Digest,
            TimeToLive = life < LeastLife ? LeastLife : life,
        });
    }

    private void Blame(Transfer transfer, TransferPump pump)
    {
        if (transfer.IsOversized)
        {
            path.Suspect(view, id, pump.Contributors, $"more than {transfer.Info.Size} bytes came");
        }
    }

    private void Unstored(CacheError? error)
    {
        path.Counters.Unstored();
        LayerLog.Unstored(path.Logger, id.ToString(), error?.Message ?? "other bytes are there under its id");
    }

    private static CacheError Broken(string message) =>
        new(CacheErrorKind.Incomplete, CacheErrorSource.Upstream, $"an artifact did not come whole: {message}");
}
