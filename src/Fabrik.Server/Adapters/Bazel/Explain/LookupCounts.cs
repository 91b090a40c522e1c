namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>How often things ended how, under one name.</summary>
public sealed record LookupCounts
{
    /// <summary>The target or the mnemonic; empty for what came without one.</summary>
    public required string Name { get; init; }

    /// <summary>Results that were served.</summary>
    public long Hits { get; set; }

    /// <summary>Questions for which there was no result that can be read.</summary>
    public long Misses { get; set; }

    /// <summary>Results that were not served because a blob was gone.</summary>
    public long Incomplete { get; set; }

    /// <summary>Questions and writes that failed.</summary>
    public long Failed { get; set; }

    /// <summary>Results that were stored.</summary>
    public long Stored { get; set; }

    /// <summary>Results that were sent, and not taken over one that was there.</summary>
    public long Kept { get; set; }

    internal void Count(LookupOutcome outcome)
    {
        switch (outcome)
        {
            case LookupOutcome.Hit:
                Hits++;
                break;
            case LookupOutcome.Incomplete:
                Incomplete++;
                break;
            case LookupOutcome.Failed:
                Failed++;
                break;
            case LookupOutcome.Stored:
                Stored++;
                break;
            case LookupOutcome.Kept:
                Kept++;
                break;
            default:
                Misses++;
                break;
        }
    }
}
