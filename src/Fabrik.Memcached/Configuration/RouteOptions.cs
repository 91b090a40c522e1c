namespace Fabrik.Memcached.Configuration;

/// <summary>Which requests go where.</summary>
public sealed record RouteOptions
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Which keys: a text, a prefix with <c>*</c>, a glob, or a regular expression between slashes.</summary>
    public string Matcher { get; init; } = "*";

    /// <summary>Which commands, by their names in the text protocol; empty for all.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>
    /// The flag that meta commands must have, <c>P</c> or <c>L</c> and 1 to 32 bytes; null to take all commands.
    /// </summary>
    public string? Hint { get; init; }

    /// <summary>Where they go: the name of a backend, or what was made of the route's own strategy.</summary>
    public required string Backend { get; init; }

    /// <summary>What happens besides, by name.</summary>
    public IReadOnlyList<string> SideEffects { get; init; } = [];

    /// <summary>What a retrieval of several keys says of those whose server failed.</summary>
    public PartialFailure PartialFailure { get; init; } = PartialFailure.Miss;

    /// <summary>The share of requests, 0 to 1, whose way is logged.</summary>
    public double LogFraction { get; init; }
}

/// <summary>What a retrieval of several keys says where some of their servers failed.</summary>
public enum PartialFailure
{
    /// <summary>They are misses; <c>gets</c> and <c>gats</c> are answered with the error all the same.</summary>
    Miss,

    /// <summary>All of it is answered with the error.</summary>
    Error,
}
