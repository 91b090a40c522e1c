namespace Fabrik.Memcached.Warming;

/// <summary>What became of a key.</summary>
internal enum CopyOutcome
{
    /// <summary>It was copied.</summary>
    Copied,

    /// <summary>The target has a value already, which stays.</summary>
    Kept,

    /// <summary>The source has no value, or none that lives on.</summary>
    Missing,

    /// <summary>The source or the target failed.</summary>
    Failed,
}
