namespace Fabrik.Cache.Resilience.Calls;

/// <summary>
/// One request that is answered at once as a whole, in a form that can be sent again: a read (until its body), a
/// description, a check, a removal. A structure, so that the way of a request costs nothing for being shared.
/// </summary>
/// <typeparam name="T">What is answered.</typeparam>
internal interface ITierCall<T>
{
    /// <summary>What is asked.</summary>
    TierOperation Operation { get; }

    /// <summary>Sends it.</summary>
    ValueTask<CacheResult<T>> SendAsync(CancellationToken cancellationToken);

    /// <summary>Makes of the tier's answer what the caller gets.</summary>
    T Accept(T answer, UpstreamGuard guard);

    /// <summary>Whether the answer is all there is, with no body to follow that can fail.</summary>
    bool IsWhole(T answer);

    /// <summary>The label of an answer in metrics.</summary>
    string NameOf(T answer);

    /// <summary>Lets go of an answer that nobody waits for any more.</summary>
    ValueTask DiscardAsync(T answer);
}
