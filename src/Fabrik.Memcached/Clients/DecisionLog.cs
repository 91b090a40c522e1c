using System.Globalization;
using System.Text;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached.Hashing;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// Tells of some requests of a route where they went. Keys may name people: what is told of a key is its hash, and the
/// key itself only to whoever logs at the level of debugging. Values are never told.
/// </summary>
internal sealed class DecisionLog
{
    private readonly ILogger _log;
    private readonly ulong _threshold;
    private uint _state;

    /// <summary>Makes one.</summary>
    /// <param name="route">The route's name.</param>
    /// <param name="fraction">The share of requests that is told of, above 0, up to 1.</param>
    /// <param name="log">Where it is told.</param>
    public DecisionLog(string route, double fraction, ILogger log)
    {
        _log = log;
        _threshold = (ulong)(Math.Clamp(fraction, 0, 1) * (1UL << 32));
        _state = (uint)XxHash3.Compute(Encoding.UTF8.GetBytes(route)) | 1;
    }

    /// <summary>A request was answered; a few of them are told of.</summary>
    public void Note(Route route, Request request, in Reply reply, long microseconds)
    {
        if (IsNext() && _log.IsEnabled(LogLevel.Information))
        {
            Tell(route, request, in reply, microseconds);
        }
    }

    private bool IsNext()
    {
        // Marsaglia's xorshift: what is told is a sample, and costs the others three shifts.
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state < _threshold;
    }

    private void Tell(Route route, Request request, in Reply reply, long microseconds)
    {
        var path = new DestinationPath();
        route.Destination.Explain(request.RoutingKey, path);
        var hash = XxHash3.Compute(request.RoutingKey).ToString("x16", CultureInfo.InvariantCulture);
        var command = VerbNames.Of(request.Verb);
        var way = string.Join(" > ", path.Lines.Select(static line => line.Trim()));
        Log.Decided(_log, route.Name, command, hash, way, CommandCounters.NameOf(reply.Kind), microseconds);
        if (_log.IsEnabled(LogLevel.Debug))
        {
            Log.DecidedKey(_log, route.Name, hash, Encoding.UTF8.GetString(request.RoutingKey));
        }
    }
}
