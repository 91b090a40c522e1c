using Fabrik.Cache.Resilience.Breaking;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>One sending of a request, which can be left behind.</summary>
/// <typeparam name="T">What is answered.</typeparam>
internal sealed class Attempt<T>
{
    /// <summary>Leave to send it.</summary>
    public required BreakerPermit Permit { get; init; }

    /// <summary>The timestamp at which it was sent.</summary>
    public required long Started { get; init; }

    /// <summary>
    /// Ends the tier's part. It has no timer and is not linked to the caller: it lives on with the answer, since a
    /// tier may bind a body to the token that the request for it was sent with.
    /// </summary>
    public required CancellationTokenSource Cancellation { get; init; }

    /// <summary>The answer.</summary>
    public required Task<CacheResult<T>> Answer { get; init; }

    /// <summary>Begins a request; an exception of the tier becomes a failed answer.</summary>
    public static ValueTask<CacheResult<T>> Send<TCall>(TCall call, CancellationToken cancellationToken)
        where TCall : struct, ITierCall<T>
    {
        try
        {
            return call.SendAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<CacheResult<T>>(exception);
        }
    }
}
