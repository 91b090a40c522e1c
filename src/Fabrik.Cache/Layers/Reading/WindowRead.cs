namespace Fabrik.Cache.Layers.Reading;

/// <summary>What a reader got from a window: bytes, or one of the reasons why not.</summary>
internal readonly struct WindowRead
{
    /// <summary>The bytes are in the local tier.</summary>
    public static WindowRead FromLocal => new() { IsLocal = true };

    /// <summary>Bytes copied.</summary>
    public int Count { get; init; }

    /// <summary>What to wait for before asking again.</summary>
    public Task? Change { get; init; }

    /// <summary>Why there will be none.</summary>
    public CacheError? Failure { get; init; }

    /// <summary>Whether to go on from the local tier.</summary>
    public bool IsLocal { get; private init; }
}
