using System.Text.Json.Serialization;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// One entry of an <see cref="ActionJournal"/>. What clients say of themselves is not checked, and cut to
/// <see cref="ActionJournal.MaxText"/>; a text that nobody gave is empty.
/// </summary>
public readonly record struct ActionLookup
{
    /// <summary>When it ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>SHA-256 of the action, in lower-case hexadecimal.</summary>
    public required string Action { get; init; }

    /// <summary>How it ended.</summary>
    public required LookupOutcome Outcome { get; init; }

    /// <summary>The path of what was gone, or the kind of the failure; else empty.</summary>
    public required string Detail { get; init; }

    /// <summary>The name of the instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The tenant of whoever called.</summary>
    public required string Tenant { get; init; }

    /// <summary>The trust scope: where it was found or stored; of a miss, the first that was looked in.</summary>
    public required string Scope { get; init; }

    /// <summary>The subject of the token; empty without one.</summary>
    public required string Subject { get; init; }

    /// <summary>The target that the action belongs to, as the build tool says: <c>//app:main</c>.</summary>
    public required string Target { get; init; }

    /// <summary>What kind of action it is, as the build tool says: <c>CppCompile</c>.</summary>
    public required string Mnemonic { get; init; }

    /// <summary>The configuration of the target, as the build tool says.</summary>
    public required string Configuration { get; init; }

    /// <summary>The run of the build tool, as it says; mostly a UUID.</summary>
    public required string Invocation { get; init; }

    /// <summary>Whether it is about a question, not about storing.</summary>
    [JsonIgnore]
    public bool IsRead => Outcome is not (LookupOutcome.Stored or LookupOutcome.Kept);
}
