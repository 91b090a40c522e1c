using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Health;

/// <summary>A server is taken for something else from now on.</summary>
/// <param name="Pool">The pool that it is of.</param>
/// <param name="Server">The server, as it is configured or was found.</param>
/// <param name="To">What it is taken for now.</param>
/// <param name="At">When.</param>
internal sealed record ServerTransition(string Pool, string Server, ServerCondition To, DateTimeOffset At)
{
    /// <summary>Why it is dead; null unless it is.</summary>
    public ServerFailure? Reason { get; init; }

    /// <summary>How long it is left alone before it is probed; zero unless it is dead.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Whether a server that is back gets its keys little by little.</summary>
    public bool ReturnsSlowly { get; init; }
}
