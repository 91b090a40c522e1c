namespace Fabrik.Activation;

/// <summary>What a running daemon tells of itself in its state folder.</summary>
internal sealed record DaemonState
{
    /// <summary>The id of its configuration.</summary>
    public required string Id { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>
    /// A random word that it answers with: a program that has taken over its port does not know it.
    /// </summary>
    public required string Instance { get; init; }

    /// <summary>Its configuration file; empty where it has none.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Its ports on 127.0.0.1 by purpose: <c>http</c>, <c>metrics</c>, <c>health</c>.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary>The address that build tools use.</summary>
    public Uri HttpUrl => Url("http");

    /// <summary>The address of health.</summary>
    public Uri HealthUrl => Url("health");

    private Uri Url(string purpose) => new($"http://127.0.0.1:{Ports.GetValueOrDefault(purpose)}");
}
