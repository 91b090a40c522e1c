using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>Takes what has come.</summary>
internal static class Completed
{
    /// <summary>The answer of a task that is over.</summary>
    /// <exception cref="InvalidOperationException">It is not over: a bug.</exception>
    public static Reply Take(ValueTask<Reply> reply)
    {
        if (reply.IsCompleted)
        {
            return reply.GetAwaiter().GetResult();
        }

        throw new InvalidOperationException("An answer was taken before it came.");
    }
}
