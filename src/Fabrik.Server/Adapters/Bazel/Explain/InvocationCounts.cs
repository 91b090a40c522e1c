namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>What one run of a build tool asked for, as far as entries of it are kept.</summary>
public sealed record InvocationCounts
{
    /// <summary>The first entry that is kept.</summary>
    public DateTimeOffset FirstAt { get; set; }

    /// <summary>The last entry.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>How its questions and writes ended; its name is the run's.</summary>
    public required LookupCounts Counts { get; init; }
}
