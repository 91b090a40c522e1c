namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>How a question for the result of an action, or the storing of one, ended.</summary>
public enum LookupOutcome
{
    /// <summary>The result was served.</summary>
    Hit,

    /// <summary>There was none.</summary>
    Miss,

    /// <summary>There was one, and it was not served because a blob that it names was gone.</summary>
    Incomplete,

    /// <summary>What was stored could not be read any more.</summary>
    Damaged,

    /// <summary>The cache failed.</summary>
    Failed,

    /// <summary>A result was stored.</summary>
    Stored,

    /// <summary>A result was sent, and the one that was there was kept.</summary>
    Kept,
}
