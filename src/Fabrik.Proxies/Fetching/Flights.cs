using System.Collections.Concurrent;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Fetching;

/// <summary>The bodies that are being read or fetched, one flight for each.</summary>
internal sealed class Flights(FlightServices services) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<BodyKey, Flight> _flights = new();

    /// <summary>How many there are.</summary>
    public int Count => _flights.Count;

    /// <summary>A reader from <paramref name="offset"/> to before <paramref name="end"/> of a body.</summary>
    public FlightReader Join(FlightTarget target, long offset, long end)
    {
        while (true)
        {
            if (Flight(target).TryJoin(offset, end) is { } reader)
            {
                return reader;
            }
        }
    }

    /// <summary>
    /// Gives a body the origin's answer: slices from <paramref name="first"/> to before <paramref name="end"/>, or to
    /// its own end. The reader that comes back keeps the stream from ending until the first client reads; null when
    /// there is no memory, and the answer stays the caller's.
    /// </summary>
    public FlightReader? Begin(FlightTarget target, OriginBody body, long first = 0, long end = long.MaxValue)
    {
        while (true)
        {
            var flight = Flight(target);
            var last = Math.Min(end, flight.EndSlice);
            var until = last == long.MaxValue ? long.MaxValue : last * target.SliceSize;
            if (flight.TryJoin(first * target.SliceSize, until, isHold: true) is not { } hold)
            {
                continue;
            }

            if (end == long.MaxValue ? flight.TryBegin(body) : flight.TryBegin(body, first, end))
            {
                return hold;
            }

            flight.Leave(hold);
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var flight in _flights.Values)
        {
            await flight.StopAsync();
        }
    }

    private Flight Flight(FlightTarget target) => _flights.GetOrAdd(
        target.Key,
        static (key, made) => new Flight(
            made.target,
            made.services,
            over => made.flights.TryRemove(new KeyValuePair<BodyKey, Flight>(over.Target.Key, over))),
        (target, services, flights: _flights));
}
