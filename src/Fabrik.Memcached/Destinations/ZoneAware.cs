namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Sends each request to the next one in turn of the own zone; where all of those fail, to the next one in turn of the
/// others.
/// </summary>
internal sealed class ZoneAware : Sequence
{
    private readonly Destination[] _order;
    private readonly int _local;
    private readonly string _zone;
    private int _turn;

    /// <summary>Over destinations of one loop.</summary>
    /// <param name="children">The destinations.</param>
    /// <param name="zones">The zone of each.</param>
    /// <param name="own">The zone of this proxy; where no child is in it, all are alike.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    public ZoneAware(
        Destination[] children, IReadOnlyList<string> zones, string own, StrategyCounters? counters = null)
        : base(children, counters)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(zones.Count, children.Length, nameof(zones));
        _zone = own;
        _order = new Destination[children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            if (string.Equals(zones[i], own, StringComparison.Ordinal))
            {
                _order[_local++] = children[i];
            }
        }

        var next = _local;
        for (var i = 0; i < children.Length; i++)
        {
            if (!string.Equals(zones[i], own, StringComparison.Ordinal))
            {
                _order[next++] = children[i];
            }
        }
    }

    /// <inheritdoc/>
    protected override string Description => $"zone_aware, those of zone '{_zone}' in turn, then the others";

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        path.Add($"{Name}: {Description}");
        foreach (var child in _order)
        {
            path.Enter(child, key);
        }
    }

    /// <inheritdoc/>
    protected override int Begin() => _turn++;

    /// <inheritdoc/>
    protected override Destination ChildAt(int start, int attempt)
    {
        if (attempt < _local)
        {
            return _order[Turn(start, attempt, _local)];
        }

        return _order[_local + Turn(start, attempt - _local, _order.Length - _local)];
    }

    // Turns are counted for ever: the sum may be more than an int holds.
    private static int Turn(int start, int attempt, int count) => (int)(((uint)start + (uint)attempt) % (uint)count);
}
