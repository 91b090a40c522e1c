using Fabrik.Cache.Local;
using Fabrik.Observability.Metrics;
using Fabrik.Server;

namespace Fabrik.Composition;

/// <summary>All that measures in one process, and the registry that listens to it.</summary>
internal sealed class Instruments : IDisposable
{
    private readonly StoreMetrics? _store;
    private readonly ProcessMetrics _process;

    /// <summary>Begins to measure.</summary>
    /// <param name="store">The store; null where the process has none.</param>
    /// <param name="time">The clock.</param>
    public Instruments(LocalStore? store, TimeProvider time)
    {
        Registry = new MetricRegistry(meter => meter.Name.StartsWith("Fabrik.", StringComparison.Ordinal));
        Server = new ServerMetrics();
        _store = store is null ? null : new StoreMetrics(store);
        _process = new ProcessMetrics(Registry, time);
    }

    /// <summary>What was measured.</summary>
    public MetricRegistry Registry { get; }

    /// <summary>Where front doors count.</summary>
    public ServerMetrics Server { get; }

    public void Dispose()
    {
        _process.Dispose();
        _store?.Dispose();
        Server.Dispose();
        Registry.Dispose();
    }
}
