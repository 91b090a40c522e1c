namespace Fabrik.Upstreams.Objects;

/// <summary>What the views of all tenants on one object store share.</summary>
internal sealed class ObjectSpace(
    IObjectStore store, ObjectTierOptions options, ObjectMetrics metrics, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public IObjectStore Store => store;

    public ObjectTierOptions Options => options;

    public ObjectMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>Whether the tier is disposed of, or about to be.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Fires when the tier is disposed of.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>What is known of the objects of all tenants.</summary>
    public ExistenceIndex Index { get; } = new(options.Existence.Entries, time);

    /// <summary>Ends what goes on in the background; the store is the tier's to dispose of.</summary>
    public Task StopAsync()
    {
        IsStopping = true;
        return _stopping.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        _stopping.Dispose();
    }
}
