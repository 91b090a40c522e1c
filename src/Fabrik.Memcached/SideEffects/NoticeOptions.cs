namespace Fabrik.Memcached.SideEffects;

/// <summary>How notices are sent.</summary>
internal sealed record NoticeOptions
{
    /// <summary>Where to.</summary>
    public required Uri Url { get; init; }

    /// <summary>How long a request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Notices that may wait; further ones are dropped.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>Notices of a request at most.</summary>
    public int BatchSize { get; init; } = 100;
}
