namespace Fabrik.Memcached.Destinations;

/// <summary>A destination that sends requests to others.</summary>
internal abstract class Strategy : Destination
{
    /// <summary>How many children a strategy may have.</summary>
    public const int MaxChildren = 1024;

    private readonly Destination[] _children;
    private StrategyCounters _counters;

    /// <summary>Over one child or more.</summary>
    protected Strategy(Destination[] children)
    {
        ArgumentOutOfRangeException.ThrowIfZero(children.Length, nameof(children));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(children.Length, MaxChildren, nameof(children));
        _children = children;
    }

    /// <summary>The destinations that it chooses from; the array is never changed.</summary>
    public Destination[] Children => _children;

    /// <summary>What it has done.</summary>
    public ref readonly StrategyCounters Counters => ref Count;

    /// <summary>What it has done, to be counted on.</summary>
    protected ref StrategyCounters Count => ref _counters;

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
