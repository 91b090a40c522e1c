using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// Says where a request would go, out of the configuration alone: with all servers alive, and where each is found that
/// is named. It makes the destinations that a proxy would have, but for their ends, and opens nothing.
/// </summary>
internal static class RouteExplanation
{
    /// <summary>Explains a request.</summary>
    /// <param name="options">The configuration; right.</param>
    /// <param name="verb">The command.</param>
    /// <param name="key">The key.</param>
    /// <param name="hint">The hint of a meta command, with its letter; empty for none.</param>
    /// <returns>Lines, indented by two spaces for each destination around; null where no route matches.</returns>
    /// <exception cref="ArgumentException">What is configured cannot be made.</exception>
    public static IReadOnlyList<string>? Of(
        MemcachedProxyOptions options, Verb verb, ReadOnlySpan<byte> key, ReadOnlySpan<byte> hint = default)
    {
        if (!RouteTable.TryCreate(options.Routes, out var table, out var errors))
        {
            throw new ArgumentException(errors[0].Message, nameof(options));
        }

        var index = hint.IsEmpty ? table!.Find(verb, key) : table!.Find(verb, key, hint);
        if (index < 0)
        {
            return null;
        }

        var route = options.Routes[index];
        var tree = new DestinationTree(options.Backends, new StillLoop(), new LoopCounters(null), new NamedEnds());
        return RouteWay.Of(route, tree.Get(route.Backend), key);
    }

    private static InvalidOperationException NotServing() => new("What is made to be explained does not serve.");

    private sealed class NamedEnds : IDestinationEnds
    {
        public PoolServer Server(PoolOptions pool, ServerOptions server)
        {
            var end = new NamedEnd($"server {ServerFactory.NameOf(pool, server)}") { Name = pool.Name };
            return new PoolServer(end, AlwaysUsable.Instance);
        }

        public void Retire(PoolServer server)
        {
        }

        public Destination Backend(string name, string description) =>
            new NamedEnd($"{name}: {description}") { Name = name };
    }

    private sealed class NamedEnd(string line) : Destination
    {
        public override ValueTask<Reply> SendAsync(Request request) => throw NotServing();

        public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add(line);
    }

    private sealed class StillLoop : ILoop
    {
        public TimeProvider Time => TimeProvider.System;

        public long Now => 0;

        public BlockPool Blocks { get; } = new();

        public RequestPool Requests { get; } = new();

        public bool IsCurrent => true;

        public void Post(Action<object?> work, object? state) => throw NotServing();

        public void Schedule(ILoopTimer timer, TimeSpan delay) => throw NotServing();
    }
}
