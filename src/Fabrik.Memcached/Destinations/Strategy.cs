namespace Fabrik.Memcached.Destinations;

/// <summary>A destination that sends requests to others.</summary>
internal abstract class Strategy : Destination
{
    /// <summary>How many children a strategy may have.</summary>
    public const int MaxChildren = 1024;

    private readonly Destination[] _children;

    /// <summary>Over one child or more.</summary>
    /// <param name="children">The children.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    protected Strategy(Destination[] children, StrategyCounters? counters)
    {
        ArgumentOutOfRangeException.ThrowIfZero(children.Length, nameof(children));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(children.Length, MaxChildren, nameof(children));
        _children = children;
        Counters = counters ?? new StrategyCounters();
    }

    /// <summary>The destinations that it chooses from; the array is never changed.</summary>
    public Destination[] Children => _children;

    /// <summary>What it has done, and what those of its name did before it.</summary>
    public StrategyCounters Counters { get; }

    /// <summary>What it sends without anybody waiting for it; null where it never does.</summary>
    public virtual BackgroundSends? Background => null;

    /// <summary>What it does, in a few words.</summary>
    protected abstract string Description { get; }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        path.Add($"{Name}: {Description}");
        foreach (var child in _children)
        {
            path.Enter(child, key);
        }
    }
}
