namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>What differs between two actions.</summary>
public sealed record ActionComparison
{
    /// <summary>The differences, those that decide the digest first; at most <see cref="MaxDifferences"/>.</summary>
    public required IReadOnlyList<ActionDifference> Differences { get; init; }

    /// <summary>Whether there are more of them.</summary>
    public required bool IsCut { get; init; }

    /// <summary>What could not be compared, and why; sentences without a stop.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Differences that are given.</summary>
    public const int MaxDifferences = 500;
}

/// <summary>One difference.</summary>
/// <param name="Area">action, argument, environment, property, input, result or output.</param>
/// <param name="Name">The field, the variable, the path; of an argument, its place.</param>
/// <param name="First">What the first has; <see langword="null"/> for nothing.</param>
/// <param name="Second">What the second has; <see langword="null"/> for nothing.</param>
public sealed record ActionDifference(string Area, string Name, string? First, string? Second);
