using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.SideEffects;

namespace Fabrik.Memcached.Clients;

/// <summary>Where requests of one kind go, as one loop knows it.</summary>
internal sealed class Route
{
    /// <summary>How it is configured.</summary>
    public required RouteOptions Options { get; init; }

    /// <summary>Its name in the configuration.</summary>
    public string Name => Options.Name;

    /// <summary>Where they go.</summary>
    public required Destination Destination { get; init; }

    /// <summary>What happens besides; null for nothing.</summary>
    public SideEffectSet? Effects { get; init; }

    /// <summary>What happened there.</summary>
    public required RouteCounters Counters { get; init; }

    /// <summary>Where some of them are told of; null for none.</summary>
    public DecisionLog? Decisions { get; init; }

    /// <summary>What a retrieval of several keys says where some failed.</summary>
    public PartialFailure PartialFailure => Options.PartialFailure;

    /// <summary>A request was answered.</summary>
    public void Answered(Request request, in Reply reply, long microseconds)
    {
        Counters.Add(request.Verb, reply.Kind, microseconds);
        Decisions?.Note(this, request, in reply, microseconds);
    }
}
