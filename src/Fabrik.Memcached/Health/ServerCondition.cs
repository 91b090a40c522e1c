namespace Fabrik.Memcached.Health;

/// <summary>What a server is taken for.</summary>
internal enum ServerCondition
{
    /// <summary>It answers.</summary>
    Alive,

    /// <summary>It is left alone, but for a probe from time to time.</summary>
    Dead,

    /// <summary>It answers again, and gets a rising share of its keys; one failure, and it is dead.</summary>
    Returning,
}
