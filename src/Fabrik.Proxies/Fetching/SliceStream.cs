using System.Diagnostics.CodeAnalysis;
using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// Fills slices from one answer of the origin, in order, and stores each. It lives so: (1) it opens the range, unless
/// it was given an answer; (2) it waits until readers have come near enough and there is memory; (3) it fills a slice;
/// (4) it has it stored while it fills the next; (5) it stays until what the store did not take has been read.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing; late cancels are safe.")]
internal sealed class SliceStream
{
    private readonly Flight _flight;
    private readonly CancellationTokenSource _end = new();
    private SliceBuffer? _first;

    /// <summary>A stream that does not run yet.</summary>
    /// <param name="flight">Whose.</param>
    /// <param name="slices">From which slice to before which.</param>
    /// <param name="first">The memory of the first.</param>
    public SliceStream(Flight flight, (long First, long End) slices, SliceBuffer first)
    {
        _flight = flight;
        _first = first;
        First = slices.First;
        Position = slices.First;
        End = slices.End;
    }

    /// <summary>The first slice.</summary>
    public long First { get; }

    /// <summary>The slice that is being filled, or will be next. Under the flight's lock.</summary>
    public long Position { get; set; }

    /// <summary>The slice behind the last. Under the flight's lock.</summary>
    public long End { get; set; }

    /// <summary>The slices in memory. Under the flight's lock.</summary>
    public List<SliceBuffer> Held { get; } = [];

    /// <summary>Ends when the stream has.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins.</summary>
    /// <param name="body">The origin's answer; null to ask for it.</param>
    public void Start(OriginBody? body) => Completion = Task.Run(() => RunAsync(body), CancellationToken.None);

    /// <summary>Ends it: nobody needs what is to come.</summary>
    public void Cancel() => _end.Cancel();

    private async Task RunAsync(OriginBody? body)
    {
        OriginFault? fault = null;
        var isWhole = false;
        try
        {
            var opened = body is not null ? body : await OpenAsync();
            if (opened.TryGet(out body, out fault))
            {
                await using (body)
                {
                    fault = await FillAllAsync(body);
                }

                await WaitUntilReadAsync();
                isWhole = fault is null;
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            isWhole = false;
        }
        finally
        {
            _first?.Release();
            _flight.Ended(this, fault, isWhole);
        }
    }

    private ValueTask<OriginResult<OriginBody>> OpenAsync()
    {
        var target = _flight.Target;
        var end = Math.Min(End * target.SliceSize, _flight.Size ?? long.MaxValue);
        return target.Source.OpenAsync(First * target.SliceSize, end, _end.Token);
    }

    private async ValueTask<OriginFault?> FillAllAsync(OriginBody body)
    {
        for (var slice = First; slice < End; slice++)
        {
            if (await NextBufferAsync(slice) is not { } buffer)
            {
                throw new OperationCanceledException(_end.Token);
            }

            _flight.Filling(this, buffer);
            var filled = await FillAsync(body, buffer);
            if (filled is null && buffer.Filled < buffer.Capacity && _flight.Size is { } size)
            {
                filled = new OriginFault(
                    OriginFaultKind.Truncated, $"the origin's answer ended before the {size} bytes it had announced");
            }

            if (filled is not null)
            {
                _flight.Drop(this, buffer);
                return filled;
            }

            if (buffer.Filled < buffer.Capacity)
            {
                _flight.Ends(this, (slice * _flight.Target.SliceSize) + buffer.Filled);
            }

            _flight.Filled(this, buffer);
            if (buffer.Filled == 0)
            {
                _flight.Drop(this, buffer);
            }
            else
            {
                _ = StoreAsync(buffer);
            }
        }

        return null;
    }

    // Null when its readers have been away for too long.
    private async ValueTask<SliceBuffer?> NextBufferAsync(long slice)
    {
        if (_first is { } first)
        {
            _first = null;
            return first;
        }

        while (true)
        {
            var demand = _flight.Demand.Next();
            if (_flight.MayFill(this, slice))
            {
                break;
            }

            if (!await IsInDemandAsync(demand))
            {
                Cancel();
                return null;
            }
        }

        var size = _flight.SizeOf(slice);
        await _flight.Services.Budget.TakeAsync(size, _end.Token);
        return new SliceBuffer(_flight.Services.Budget, slice, size);
    }

    private async ValueTask<bool> IsInDemandAsync(Task demand)
    {
        if (!_flight.Target.IsPinned)
        {
            await demand.WaitAsync(_end.Token);
            return true;
        }

        try
        {
            await demand.WaitAsync(FetchLimits.LongestPause, _flight.Services.Time, _end.Token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async ValueTask<OriginFault?> FillAsync(OriginBody body, SliceBuffer buffer)
    {
        try
        {
            while (buffer.Room is { Length: > 0 } room)
            {
                var read = await body.ReadAsync(room, _end.Token);
                if (!read.TryGet(out var count, out var fault))
                {
                    return fault;
                }

                if (count == 0)
                {
                    return null;
                }

                buffer.Add(count);
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            _flight.Drop(this, buffer);
            throw;
        }
    }

    private async Task StoreAsync(SliceBuffer buffer)
    {
        var target = _flight.Target;
        var isSmallEnough = target.Size is not null || buffer.Index * target.SliceSize < target.MaxStored;
        if (!buffer.TryHold())
        {
            return;
        }

        var isStored = false;
        try
        {
            // Not cancelled with the stream: what is here whole is of use to whoever comes next.
            isStored = isSmallEnough && await _flight.Services.Slices.KeepAsync(
                target.Key, buffer.Index, buffer.Bytes, CancellationToken.None);
        }
        finally
        {
            _flight.Stored(this, buffer, isStored);
            buffer.Release();
        }
    }

    private async ValueTask WaitUntilReadAsync()
    {
        while (true)
        {
            var demand = _flight.Demand.Next();
            if (!_flight.HasHeld(this))
            {
                return;
            }

            await demand.WaitAsync(_end.Token);
        }
    }
}
