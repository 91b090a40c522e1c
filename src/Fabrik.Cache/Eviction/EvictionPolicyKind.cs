namespace Fabrik.Cache.Eviction;

/// <summary>Which entries go first when a store is full.</summary>
public enum EvictionPolicyKind
{
    /// <summary>The one that was read or written longest ago.</summary>
    Lru,

    /// <summary>
    /// The one that is read least often, by a frequency that decays; a single pass over cold data harms little.
    /// </summary>
    Lfu,

    /// <summary>The one that expires first; of those that never expire, the least recently used.</summary>
    Ttl,
}
