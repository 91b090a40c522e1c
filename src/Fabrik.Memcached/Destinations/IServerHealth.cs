namespace Fabrik.Memcached.Destinations;

/// <summary>Whether a server of a pool is taken for alive.</summary>
internal interface IServerHealth
{
    /// <summary>Whether it may be sent to. On the loop's thread; it costs no more than a field.</summary>
    bool IsUsable { get; }

    /// <summary>
    /// Whether it gets a key: a server that is back gets a rising share of its keys, and each of them once and for all.
    /// </summary>
    bool Takes(ReadOnlySpan<byte> key) => IsUsable;
}
