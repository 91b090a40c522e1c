using System.Threading.Channels;
using Fabrik.Cache.Layers.Writing.Storage;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>What the lanes share.</summary>
internal sealed record UploadTools
{
    public required QueueWriter Writer { get; init; }

    public required Uploader Uploader { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Told after each order that left a queue.</summary>
    public required Action Settled { get; init; }
}

/// <summary>
/// One upstream's uploads: a feeder brings orders from the queue (<see cref="UploadFeeder"/>), workers carry them out.
/// </summary>
internal sealed class UploadLane : IAsyncDisposable
{
    private readonly UploadTools _tools;
    private readonly UploadBackoff _backoff;
    private readonly UploadDrops _drops;
    private readonly Channel<UploadTicket> _ready;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly CancellationToken _stopped;
    private readonly CancellationToken _aborted;
    private readonly UploadFeeder _feeder;
    private readonly List<Task> _loops = [];

    public UploadLane(Upstream upstream, QueueLane stored, UploadTools tools)
    {
        Upstream = upstream;
        Stored = stored;
        _tools = tools;
        _backoff = new UploadBackoff(tools.Random);
        Gate = new UploadGate(upstream.Options.Name, _backoff, tools.Time, tools.Logger);
        _drops = new UploadDrops(upstream.Options.Name, Counters, tools.Time, tools.Logger);
        Workers = Math.Max(1, upstream.Options.Workers);
        _ready = Channel.CreateBounded<UploadTicket>(Workers * 2);
        _feeder = new UploadFeeder(this, _ready.Writer, tools);
        Target = new AppendTarget(stored, upstream.Options.QueueLimit, Appended);
        _stopped = _stopping.Token;
        _aborted = _aborting.Token;
    }

    public Upstream Upstream { get; }

    public QueueLane Stored { get; }

    public UploadWindow Window { get; } = new();

    public UploadGate Gate { get; }

    public UploadCounters Counters { get; } = new();

    /// <summary>Uploads at a time.</summary>
    public int Workers { get; }

    /// <summary>Where orders for this upstream are appended.</summary>
    public AppendTarget Target { get; }

    /// <summary>Starts to upload what waits.</summary>
    public void Start()
    {
        _loops.Add(Task.Run(() => _feeder.RunAsync(_stopped)));
        for (var i = 0; i < Workers; i++)
        {
            _loops.Add(Task.Run(WorkAsync));
        }
    }

    /// <summary>An order could not be written down.</summary>
    public void Drop(UploadCount reason) => _drops.Add(reason);

    /// <summary>
    /// Whether an order waited too long. One that a machine slept over gets its try while the upstream answers.
    /// </summary>
    public bool IsTooOld(UploadTicket ticket) =>
        Now - ticket.Record.EnqueuedAt > Upstream.Options.QueueMaxAge.TotalMilliseconds
        && (ticket.Failures > 0 || !Gate.IsOpen);

    /// <summary>Carries an order out now, and leaves it to the queue when that does not succeed.</summary>
    /// <exception cref="OperationCanceledException">The caller left; the queue has the order.</exception>
    public async Task UploadNowAsync(UploadOrder order, CancellationToken cancellationToken)
    {
        if (!Gate.IsOpen || _stopped.IsCancellationRequested)
        {
            await AppendAsync(order);
            return;
        }

        // Written down first: so it survives whatever happens, takes the place of what waits for this artifact, and
        // keeps its turn behind what a worker does with it.
        UploadTicket? claimed = null;
        var refusal = UploadCount.DroppedUnwritable;
        AppendTarget target = new(Stored, Upstream.Options.QueueLimit, record =>
        {
            if (record is { } written)
            {
                claimed = Window.Claim(written);
            }
            else
            {
                refusal = UploadCount.DroppedFull;
            }
        });
        await _tools.Writer.SendAsync(new AppendCommand(order, [target], Now));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _aborted);
        try
        {
            if (claimed is null)
            {
                await TryOnceAsync(order, refusal, limit.Token);
            }
            else if (await HasTurnAsync(claimed, limit.Token))
            {
                GoOnLater(await CarryOutAsync(claimed, isPatient: false, limit.Token));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The process ends; the next one goes on.
        }
    }

    /// <summary>An order has come to its end: counts it, and removes it from the queue.</summary>
    /// <returns>The order that follows it, for the caller to work on.</returns>
    public async ValueTask<UploadTicket?> EndAsync(UploadTicket ticket, UploadResult result)
    {
        Count(ticket.Record.Order, result);
        ticket.IsOver = true;
        return await SettleAsync(ticket);
    }

    /// <summary>Removes an order that has come to its end from the queue.</summary>
    public async ValueTask<UploadTicket?> SettleAsync(UploadTicket ticket)
    {
        SettleCommand command = new(
            Stored, ticket.Record.Order.Id, ticket.Record.Sequence, _tools.Settled);
        return await _tools.Writer.SendAsync(command)
            ? Window.Finish(ticket)
            : Window.Postpone(ticket, Now + (long)QueueStorage.RetryInterval.TotalMilliseconds);
    }

    /// <summary>Gives an order back, for a worker to come.</summary>
    public void GoOnLater(UploadTicket? ticket)
    {
        while (ticket is not null)
        {
            ticket = Window.Postpone(ticket, due: 0);
        }

        _feeder.Wake();
    }

    /// <summary>Begins no more orders, and ends when those that were begun have ended.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
    }

    /// <summary>Breaks off what was begun.</summary>
    public Task AbortAsync() => _aborting.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AbortAsync();
        await StopAsync();
        Gate.Dispose();
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private long Now => _tools.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Appended(OrderRecord? record)
    {
        if (record is null)
        {
            Drop(UploadCount.DroppedFull);
        }
        else
        {
            _feeder.Wake();
        }
    }

    private async ValueTask AppendAsync(UploadOrder order)
    {
        if (!await _tools.Writer.SendAsync(new AppendCommand(order, [Target], Now)))
        {
            Drop(UploadCount.DroppedUnwritable);
        }
    }

    /// <summary>Waits behind a worker that is busy with the same artifact.</summary>
    private async Task<bool> HasTurnAsync(UploadTicket ticket, CancellationToken cancellationToken)
    {
        if (ticket.Turn is not { } turn)
        {
            return true;
        }

        try
        {
            return await turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (!Window.TryLeave(ticket) && await turn.Task)
            {
                GoOnLater(ticket);
            }

            throw;
        }
    }

    /// <summary>For an order that the queue could not take.</summary>
    private async Task TryOnceAsync(UploadOrder order, UploadCount refusal, CancellationToken cancellationToken)
    {
        if (Gate.TryEnter(out var pass))
        {
            var result = await TryAsync(new UploadTry(order), pass, cancellationToken);
            if (result.Count != UploadCount.FailedTries)
            {
                Count(order, result);
                return;
            }
        }

        Drop(refusal);
    }

    private async Task WorkAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                var ticket = await _ready.Reader.ReadAsync(_stopped);
                var current = Window.TryStart(ticket) ? ticket : null;
                while (current is not null && !_stopped.IsCancellationRequested)
                {
                    current = await CarryOutAsync(current, isPatient: true, _aborted);
                }
            }
            catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
            {
                // What was begun and not ended stays in the queue.
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // A bug; the other orders are not to suffer from it.
                UploadLog.Unexpected(_tools.Logger, Upstream.Options.Name, error);
            }
        }
    }

    /// <summary>
    /// Carries a running order out, or puts it off. Who is not patient does not wait for an upstream that fails.
    /// </summary>
    /// <returns>The order that follows it, for the caller to work on.</returns>
    private async ValueTask<UploadTicket?> CarryOutAsync(
        UploadTicket ticket, bool isPatient, CancellationToken cancellationToken)
    {
        if (ticket.IsOver)
        {
            return await SettleAsync(ticket);
        }

        if (IsTooOld(ticket))
        {
            return await EndAsync(ticket, new UploadResult(UploadCount.DroppedOld, UpstreamSign.None));
        }

        UploadResult result;
        try
        {
            if (!Gate.TryEnter(out var pass))
            {
                if (!isPatient)
                {
                    return Window.Postpone(ticket, due: 0);
                }

                pass = await Gate.EnterAsync(_stopped);
            }

            if (ticket.Next is not null)
            {
                Gate.Leave(pass, UpstreamSign.None, null);
                return Window.Finish(ticket);
            }

            UploadTry what = new(ticket.Record.Order, ticket.IsThere);
            result = await TryAsync(what, pass, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            GoOnLater(ticket);
            throw;
        }

        return result.Count == UploadCount.FailedTries ? PutOff(ticket, result) : await EndAsync(ticket, result);
    }

    private UploadTicket? PutOff(UploadTicket ticket, UploadResult result)
    {
        Count(ticket.Record.Order, result);
        ticket.Failures++;
        var wait = _backoff.After(ticket.Failures, UploadBackoff.Order);
        var next = Window.Postpone(ticket, Now + (long)wait.TotalMilliseconds);
        _feeder.Wake();
        return next;
    }

    private async ValueTask<UploadResult> TryAsync(UploadTry what, int pass, CancellationToken cancellationToken)
    {
        UploadResult result = new(UploadCount.FailedTries, UpstreamSign.None);
        try
        {
            result = await _tools.Uploader.TryAsync(Upstream.Tier, what, cancellationToken);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            UploadLog.Unexpected(_tools.Logger, Upstream.Options.Name, error);
        }
        finally
        {
            Gate.Leave(pass, result.Sign, result.Error?.Message);
        }

        return result;
    }

    private void Count(UploadOrder order, UploadResult result)
    {
        if (result.Count == UploadCount.DroppedDamaged)
        {
            UploadLog.Damaged(
                _tools.Logger, Upstream.Options.Name, order.Id.ToString(), result.Error?.Message ?? "it is damaged");
        }

        if (result.Count is UploadCount.DroppedOld or UploadCount.DroppedRefused or UploadCount.DroppedDamaged)
        {
            _drops.Add(result.Count, result.Error?.Message);
            return;
        }

        Counters.Add(result.Count);
        Counters.Add(UploadCount.UploadedBytes, result.Bytes);
    }
}
