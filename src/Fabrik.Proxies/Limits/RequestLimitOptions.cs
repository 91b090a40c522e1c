namespace Fabrik.Proxies.Limits;

/// <summary>How much is let through; null is no limit.</summary>
public sealed record RequestLimitOptions
{
    /// <summary>Requests per second, of all clients together.</summary>
    public int? Rate { get; init; }

    /// <summary>How many of them may come at once; null for one second's worth.</summary>
    public int? Burst { get; init; }

    /// <summary>Requests at a time, of all clients together.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Requests per second of one client.</summary>
    public int? ClientRate { get; init; }

    /// <summary>How many of them may come at once; null for one second's worth.</summary>
    public int? ClientBurst { get; init; }

    /// <summary>Requests of one client at a time.</summary>
    public int? ClientConcurrency { get; init; }

    /// <summary>Whether anything is limited.</summary>
    public bool IsAny => Rate is not null || Concurrency is not null || HasClients;

    /// <summary>Whether clients are told apart.</summary>
    public bool HasClients => ClientRate is not null || ClientConcurrency is not null;
}
