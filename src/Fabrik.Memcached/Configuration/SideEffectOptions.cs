namespace Fabrik.Memcached.Configuration;

/// <summary>What happens besides a request, after its answer, without anybody waiting for it.</summary>
public abstract record SideEffectOptions
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>How many may wait; further ones are dropped and counted.</summary>
    public int QueueLimit { get; init; } = 10_000;
}

/// <summary><c>memcached_write</c>: writes, deletes and touches go to another backend too.</summary>
public sealed record WriteEffectOptions : SideEffectOptions
{
    /// <summary>The backend.</summary>
    public required string Target { get; init; }

    /// <summary>A folder in which deletes that fail are kept until they succeed; null for none.</summary>
    public string? SpoolFolder { get; init; }
}

/// <summary><c>replicate_on_hit</c>: what was read is added to another backend.</summary>
public sealed record ReplicateOnHitOptions : SideEffectOptions
{
    /// <summary>The backend.</summary>
    public required string Target { get; init; }

    /// <summary>How long it lives there where the rest of its life cannot be told.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);
}

/// <summary><c>http_post</c>: a notice of what happened, as JSON.</summary>
public sealed record HttpPostOptions : SideEffectOptions
{
    /// <summary>Where to.</summary>
    public required Uri Url { get; init; }

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Which commands are told of; empty for writes and deletes.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
}
