namespace Fabrik.Memcached.Backends;

/// <summary>
/// What a request asks of a destination that is no memcached server, whatever its protocol: a copy, which any thread
/// may read.
/// </summary>
internal sealed record BackendCommand
{
    /// <summary>What is to be done.</summary>
    public required BackendAction Action { get; init; }

    /// <summary>The key, decoded where it was sent in base64.</summary>
    public required byte[] Key { get; init; }

    /// <summary>What is to be stored.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>The client's flags of what is to be stored.</summary>
    public uint ClientFlags { get; init; }

    /// <summary>When it expires, as clients say it; null to leave that as it is.</summary>
    public long? Expiry { get; init; }

    /// <summary>The number that the value must have; 0 for any.</summary>
    public ulong Unique { get; init; }

    /// <summary>By how much is counted.</summary>
    public ulong Delta { get; init; }

    /// <summary>What is counted from where there is no value; null for a miss.</summary>
    public ulong? Initial { get; init; }

    /// <summary>Whether only what is known of a value is wanted.</summary>
    public bool WithoutValue { get; init; }

    /// <summary>Whether it leaves all as it is.</summary>
    public bool IsRead => Action == BackendAction.Get && Expiry is null;
}

/// <summary>What is to be done with a key.</summary>
internal enum BackendAction
{
    /// <summary>Its value is wanted; with an expiry it gets that too.</summary>
    Get,

    /// <summary>Its value is to be stored.</summary>
    Set,

    /// <summary>Its value is to be stored if there is none.</summary>
    Add,

    /// <summary>Its value is to be stored if there is one.</summary>
    Replace,

    /// <summary>Its value is to be stored if it has the number; a miss if there is none.</summary>
    CompareAndSwap,

    /// <summary>Something is to be put behind its value.</summary>
    Append,

    /// <summary>Something is to be put before its value.</summary>
    Prepend,

    /// <summary>It gets another expiry.</summary>
    Touch,

    /// <summary>It is to be removed.</summary>
    Delete,

    /// <summary>Its number is to be raised.</summary>
    Increment,

    /// <summary>Its number is to be lowered, to 0 at least.</summary>
    Decrement,
}
