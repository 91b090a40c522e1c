namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary>What a <see cref="FaultyBucket"/> does to what passes.</summary>
public enum BucketFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every answer is 503 with the code <c>SlowDown</c>.</summary>
    SlowingDown,

    /// <summary>Every answer is 500 with the code <c>InternalError</c>.</summary>
    Failing,

    /// <summary>Every answer is 403 with the code <c>AccessDenied</c>.</summary>
    Refusing,

    /// <summary>Requests are taken, and nothing is ever answered.</summary>
    Hanging,

    /// <summary>Connections end in the middle of the bodies that they were to bring.</summary>
    Truncating,

    /// <summary>Every answer has an <c>ETag</c> that is another object's.</summary>
    Mistagging,

    /// <summary>The last byte of every object is another one.</summary>
    Corrupting,
}
