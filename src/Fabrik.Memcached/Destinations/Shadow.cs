using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Sends each request to the first child, whose answer is the answer, and a copy of those of a share of the keys to the
/// others. Copies are sent after the request, and dropped where too many are on their way.
/// </summary>
internal sealed class Shadow : Strategy
{
    private const ulong HashStart = 14_695_981_039_346_656_037;
    private const ulong HashFactor = 1_099_511_628_211;

    private readonly double _fraction;
    private readonly ulong _below;
    private readonly BackgroundSends _copies;

    /// <summary>Over destinations of one loop.</summary>
    /// <param name="children">The one that answers, and then the shadows.</param>
    /// <param name="fraction">The share of keys, 0 to 1; a key is always in it, or never.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    /// <param name="maxOutstanding">Copies that may be on their way.</param>
    public Shadow(
        Destination[] children, double fraction, StrategyCounters? counters = null, int maxOutstanding = 1024)
        : base(children, counters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        _fraction = fraction;
        _below = (ulong)(fraction * (1UL << 32));
        _copies = new BackgroundSends(maxOutstanding, Counters.Copies);
    }

    /// <summary>The copies that are on their way.</summary>
    public override BackgroundSends Background => _copies;

    /// <inheritdoc/>
    protected override string Description =>
        $"shadow, the first one; {_fraction * 100:0.##} % of keys to the others too";

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        var reply = Children[0].SendAsync(request);
        if (IsShadowed(request.RoutingKey))
        {
            for (var i = 1; i < Children.Length; i++)
            {
                _copies.TrySend(Children[i], request);
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        path.Add($"{Name}: {Description}; this one {(IsShadowed(key) ? "is" : "is not")}");
        for (var i = 0; i < (IsShadowed(key) ? Children.Length : 1); i++)
        {
            path.Enter(Children[i], key);
        }
    }

    /// <summary>Whether copies of a key's requests are made.</summary>
    public bool IsShadowed(ReadOnlySpan<byte> key)
    {
        var hash = HashStart;
        foreach (var value in key)
        {
            hash = (hash ^ value) * HashFactor;
        }

        // The last bytes of a key change only the low bits of the hash.
        hash ^= hash >> 32;
        hash *= 0x9E37_79B9_7F4A_7C15;
        return hash >> 32 < _below;
    }
}
