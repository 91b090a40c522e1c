namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>Whether an upstream is asked. The values are those of the metric fabrik_upstream_breaker_state.</summary>
public enum BreakerState
{
    /// <summary>It is asked.</summary>
    Closed = 0,

    /// <summary>One request at a time finds out whether it works again.</summary>
    HalfOpen = 1,

    /// <summary>It is left alone.</summary>
    Open = 2,
}
