using System.Threading.Tasks.Sources;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>One who waits for a value that another one reads.</summary>
internal sealed class RefillWait(RefillTable table) : IValueTaskSource<Refill>
{
    private ManualResetValueTaskSourceCore<Refill> _core;

    /// <summary>The one who waited already before.</summary>
    public RefillWait? Next { get; set; }

    /// <summary>The task of this waiting.</summary>
    public ValueTask<Refill> Task => new(this, _core.Version);

    /// <summary>It is there.</summary>
    public void Set(Refill refill) => _core.SetResult(refill);

    /// <inheritdoc/>
    public Refill GetResult(short token)
    {
        var refill = _core.GetResult(token);
        _core.Reset();
        table.Return(this);
        return refill;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
