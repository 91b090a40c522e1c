namespace Fabrik.Cache.Layers;

/// <summary>When a write reaches an upstream.</summary>
public enum WriteThrough
{
    /// <summary>Never: the upstream is filled by others.</summary>
    Off,

    /// <summary>Soon: the write is acknowledged locally, and a durable queue carries it upward.</summary>
    Queued,

    /// <summary>
    /// Before the acknowledgement, as long as the upstream answers in time; else the queue takes it over, so that the
    /// build goes on.
    /// </summary>
    Sync,
}

/// <summary>What a configuration says of one upstream, whatever its protocol.</summary>
public sealed record UpstreamOptions
{
    /// <summary>The label in logs and metrics; unique among the upstreams of a process.</summary>
    public required string Name { get; init; }

    /// <summary>Never written to.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Never read from: a replica for others.</summary>
    public bool WriteOnly { get; init; }

    /// <summary>Nothing is ever deleted from it, also not what is deleted here.</summary>
    public bool Permanent { get; init; }

    /// <summary>When writes reach it.</summary>
    public WriteThrough WriteThrough { get; init; } = WriteThrough.Queued;

    /// <summary>Uploads at a time.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Uploads that wait at most; above it new ones are dropped and counted.</summary>
    public int QueueLimit { get; init; } = 100_000;

    /// <summary>How long an upload is tried again before it is dropped and counted.</summary>
    public TimeSpan QueueMaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The longest that an operation may go on without a byte of progress.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait for an answer to begin: a build is not held up longer than this by a miss.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// An upstream whose answers are expected to take longer than this is not asked, but for a probe now and then.
    /// </summary>
    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes per second that a transfer must reach, over five seconds; 0 for any.</summary>
    public long MinRate { get; init; } = 64 * 1024;

    /// <summary>Tries of one read after the first; writes are tried again by the queue.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Failures in a row after which the upstream is left alone for a while.</summary>
    public int BreakerFailures { get; init; } = 5;

    /// <summary>How long it is left alone at first; doubles up to a minute while probes fail.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether a second request is sent when the first one takes unusually long.</summary>
    public bool Hedge { get; init; } = true;
}
