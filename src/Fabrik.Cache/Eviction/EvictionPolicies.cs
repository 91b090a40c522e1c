namespace Fabrik.Cache.Eviction;

/// <summary>Makes the policy that a setting names.</summary>
internal static class EvictionPolicies
{
    /// <summary>An empty policy that begins at <paramref name="now"/> (Unix seconds).</summary>
    public static IEvictionPolicy Create(EvictionPolicyKind kind, long now) => kind switch
    {
        EvictionPolicyKind.Lru => new LruPolicy(now),
        EvictionPolicyKind.Lfu => new LfuPolicy(now),
        EvictionPolicyKind.Ttl => new TtlPolicy(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such eviction policy"),
    };
}
