namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>What is known of an action, a target or a run.</summary>
public sealed record ExplainReport
{
    /// <summary>When the process began to write lookups down.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>No lookup is forgotten since then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The lookups, the newest first, as many as were asked for.</summary>
    public required IReadOnlyList<ActionLookup> Lookups { get; init; }

    /// <summary>The results that are stored now; only where an action was asked for.</summary>
    public IReadOnlyList<StoredResult> Results { get; init; } = [];

    /// <summary>What the action does; only where one was asked for.</summary>
    public ActionDescription? Description { get; init; }
}

/// <summary>A result that is stored.</summary>
public sealed record StoredResult
{
    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The trust scope.</summary>
    public required string Scope { get; init; }

    /// <summary>Whether it would be served now.</summary>
    public required LookupOutcome Outcome { get; init; }

    /// <summary>The path of what is gone; empty if nothing is.</summary>
    public required string Missing { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>What the command ended with.</summary>
    public int ExitCode { get; init; }

    /// <summary>Files and folders that it made.</summary>
    public int Outputs { get; init; }
}

/// <summary>What an action does, if its messages are stored. Caches do not need them, so they may be missing.</summary>
public sealed record ActionDescription
{
    /// <summary>Whether the <c>Action</c> is stored.</summary>
    public required bool HasAction { get; init; }

    /// <summary>Whether its <c>Command</c> is.</summary>
    public bool HasCommand { get; init; }

    /// <summary>The words of the command.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The root of its inputs: <c>hash/size</c>; empty if that is not known.</summary>
    public string InputRoot { get; init; } = "";
}

/// <summary>Counts since the process began.</summary>
public sealed record ActionStatistics
{
    /// <summary>When the process began to count.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>By kind of action.</summary>
    public required IReadOnlyList<LookupCounts> Mnemonics { get; init; }

    /// <summary>By target.</summary>
    public required IReadOnlyList<LookupCounts> Targets { get; init; }

    /// <summary>The last runs of build tools.</summary>
    public required IReadOnlyList<InvocationCounts> Invocations { get; init; }
}
