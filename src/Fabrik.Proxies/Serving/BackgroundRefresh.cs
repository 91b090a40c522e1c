using Fabrik.Proxies.Fetching;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Validates stale answers that were served (RFC 5861, section 3): one at a time for a key, a number in all.
/// </summary>
internal sealed class BackgroundRefresh(HeadFetches fetches, int limit) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private int _running;
    private long _failed;

    /// <summary>How many are under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many ended without an outcome.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Begins one, unless the key's is under way or there are too many.</summary>
    public void Begin(FetchPlan plan)
    {
        if (_end.IsCancellationRequested || fetches.IsRunning(plan.Key))
        {
            return;
        }

        if (Interlocked.Increment(ref _running) > limit)
        {
            Interlocked.Decrement(ref _running);
            return;
        }

        _ = RunAsync(fetches.Join(plan, out _));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _end.Dispose();
    }

    private async Task RunAsync(HeadFetch fetch)
    {
        try
        {
            var outcome = await fetch.WaitAsync(_end.Token);
            if (outcome.Hold is { } hold && outcome.Variant?.Pin is null)
            {
                // Without a pin it is this reading that makes it whole.
                await ReadAsync(hold);
            }
        }
#pragma warning disable CA1031 // The client has its answer; the next one asks again.
        catch (Exception)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref _failed);
        }
        finally
        {
            await fetch.LeaveAsync();
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task ReadAsync(FlightReader reader)
    {
        while (true)
        {
            await using var piece = await reader.NextAsync(_end.Token);
            if (piece.Kind is BodyPieceKind.End or BodyPieceKind.Broken)
            {
                return;
            }

            reader.Advance(piece.Length);
        }
    }
}
