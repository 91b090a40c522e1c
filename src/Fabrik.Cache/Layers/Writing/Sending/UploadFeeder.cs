using System.Threading.Channels;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing.Storage;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>
/// Brings an upstream's orders to its workers, some at a time: reads them from the queue, drops those that waited too
/// long, and asks the upstream in one call which of them it has already.
/// </summary>
internal sealed class UploadFeeder(UploadLane lane, ChannelWriter<UploadTicket> ready, UploadTools tools)
{
    /// <summary>Orders that are brought at a time.</summary>
    public const int MaxBatch = 256;

    /// <summary>Orders in memory: most of them wait to be tried again. Above it no more are read.</summary>
    public const int MaxWindow = 4096;

    /// <summary>Times that an upstream is asked what it has; after that all of it is uploaded.</summary>
    private const int MaxAsks = 3;

    /// <summary>The longest sleep in milliseconds: clocks jump.</summary>
    private const long MaxIdle = 60_000;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<UploadTicket> _batch = [];
    private bool _isBroken;

    private long Now => tools.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>There may be something to do.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await FeedAsync(stopped);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // A bug of a tier or of ours; what is in the batch is read again after the next start.
                UploadLog.Unexpected(tools.Logger, lane.Upstream.Options.Name, error);
                await Task.Delay(QueueStorage.RetryInterval, tools.Time, stopped)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FeedAsync(CancellationToken stopped)
    {
        while (_wake.Reader.TryRead(out _))
        {
        }

        _batch.Clear();
        lane.Window.TakeDue(Now, MaxBatch, _batch);
        var isMore = await LoadAsync();
        await DropAsync(lane.IsTooOld, UploadCount.DroppedOld);
        if (_batch.Count == 0)
        {
            if (!isMore)
            {
                await IdleAsync(stopped);
            }

            return;
        }

        await SkipAsync(stopped);
        foreach (var ticket in _batch)
        {
            await ready.WriteAsync(ticket, stopped);
        }
    }

    /// <summary>Reads orders from the queue; false when there are no more now.</summary>
    private async ValueTask<bool> LoadAsync()
    {
        var count = Math.Min(MaxBatch - _batch.Count, MaxWindow - lane.Window.Count);
        if (count <= 0)
        {
            return false;
        }

        var isMore = false;
        LoadCommand load = new(lane.Stored, count, loaded =>
        {
            isMore = loaded.IsFull;
            lane.Window.Admit(loaded.Orders, loaded.Cursor, _batch);
        });
        _isBroken = !await tools.Writer.SendAsync(load);
        if (_isBroken)
        {
            return false;
        }

        if (load.Damaged > 0 || lane.Stored.Head.Orders <= 0)
        {
            tools.Settled();
        }

        for (var i = 0; i < load.Damaged; i++)
        {
            lane.Drop(UploadCount.DroppedDamaged);
        }

        return isMore;
    }

    /// <summary>Waits for an order, or for one that is to be tried again.</summary>
    private async Task IdleAsync(CancellationToken stopped)
    {
        // A database that failed does not wake anybody when it works again.
        var next = _isBroken ? Now + (long)QueueStorage.RetryInterval.TotalMilliseconds : long.MaxValue;
        next = Math.Min(next, lane.Window.NextDue ?? long.MaxValue);
        var wait = next == long.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Clamp(next - Now, 1, MaxIdle));
        using CancellationTokenSource due = new(wait, tools.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stopped);
        try
        {
            await _wake.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopped.IsCancellationRequested)
        {
            // It is time.
        }
    }

    /// <summary>Ends what the upstream has already, and marks what it may have in another form.</summary>
    private async Task SkipAsync(CancellationToken stopped)
    {
        HashSet<ArtifactId> there = [];
        foreach (var tenant in _batch
            .Where(ticket => ticket.Record.Order.Operation != UploadOperation.Delete && !ticket.IsOver)
            .GroupBy(ticket => ticket.Record.Order.Tenant, ticket => ticket.Record.Order.Id, StringComparer.Ordinal))
        {
            await AskAsync(lane.Upstream.Tier.For(tenant.Key), [.. tenant], there, stopped);
        }

        foreach (var ticket in _batch)
        {
            ticket.IsThere = there.Contains(ticket.Record.Order.Id);
        }

        await DropAsync(
            ticket => ticket.IsThere && ticket.Record.Order.Operation == UploadOperation.Put, UploadCount.AlreadyThere);
    }

    private async Task AskAsync(
        ICacheTier tier, ArtifactId[] ids, HashSet<ArtifactId> there, CancellationToken stopped)
    {
        var found = new bool[ids.Length];
        for (var ask = 0; ask < MaxAsks; ask++)
        {
            var pass = await lane.Gate.EnterAsync(stopped);
            UploadResult result = new(UploadCount.FailedTries, UpstreamSign.None);
            try
            {
                var answer = await tier.ContainsAsync(ids, found, stopped);
                result = answer.Error is { } error
                    ? UploadResult.OfUpstream(error)
                    : new UploadResult(UploadCount.AlreadyThere, UpstreamSign.Answers);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                stopped.ThrowIfCancellationRequested();
                UploadLog.Unexpected(tools.Logger, lane.Upstream.Options.Name, error);
            }
            finally
            {
                lane.Gate.Leave(pass, result.Sign, result.Error?.Message);
            }

            if (result.Count == UploadCount.AlreadyThere)
            {
                there.UnionWith(ids.Where((_, index) => found[index]));
                return;
            }

            lane.Counters.Add(UploadCount.FailedTries);
            if (result.Sign != UpstreamSign.Fails)
            {
                return;
            }
        }
    }

    /// <summary>Ends those orders of the batch that fit.</summary>
    private async ValueTask DropAsync(Func<UploadTicket, bool> fits, UploadCount reason)
    {
        for (var i = _batch.Count - 1; i >= 0; i--)
        {
            var ticket = _batch[i];
            if (!fits(ticket))
            {
                continue;
            }

            _batch.RemoveAt(i);
            if (lane.Window.TryStart(ticket))
            {
                lane.GoOnLater(await lane.EndAsync(ticket, new UploadResult(reason, UpstreamSign.None)));
            }
        }
    }
}
