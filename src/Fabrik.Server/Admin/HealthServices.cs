namespace Fabrik.Server.Admin;

/// <summary>What the health routes report.</summary>
public sealed record HealthServices
{
    /// <summary>The product's version.</summary>
    public required string Version { get; init; }

    /// <summary>The clock; the uptime counts from when the routes are mapped.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Why the process cannot take requests now (starting, draining), or <see langword="null"/> when it can. Asked for
    /// every request, so it must come from memory.
    /// </summary>
    public required Func<string?> NotReady { get; init; }

    /// <summary>
    /// What limits the service although it goes on, such as a full disk; <see langword="null"/> for nothing.
    /// </summary>
    public Func<string?> Degraded { get; init; } = static () => null;

    /// <summary>Headers of every answer, such as the one that tells which process it is.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
