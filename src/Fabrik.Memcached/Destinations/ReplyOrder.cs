using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>Which of several answers counts.</summary>
internal static class ReplyOrder
{
    /// <summary>How many kinds <see cref="Badness"/> tells apart.</summary>
    public const int Kinds = 7;

    /// <summary>
    /// How bad an answer is: from 0 for a hit, over done, nothing there, not stored, another value there, and a wrong
    /// command to 6 for a failure.
    /// </summary>
    public static int Badness(in Reply reply) => reply.Kind switch
    {
        ReplyKind.Hit => 0,
        ReplyKind.Done => 1,
        ReplyKind.Miss => 2,
        ReplyKind.NotStored => 3,
        ReplyKind.Exists => 4,
        ReplyKind.ClientError => 5,
        _ => Kinds - 1,
    };

    /// <summary>
    /// Of two answers to a retrieval the one that says more: a hit, then nothing there, then an error. The other one is
    /// released.
    /// </summary>
    public static Reply TakeBetter(in Reply first, in Reply second)
    {
        if (Badness(second) < Badness(first))
        {
            first.Release();
            return second;
        }

        second.Release();
        return first;
    }

    /// <summary>
    /// Of two answers to a change the worse one; the first one where they are alike. The other one is released.
    /// </summary>
    public static Reply TakeWorse(in Reply first, in Reply second)
    {
        if (Badness(second) > Badness(first))
        {
            first.Release();
            return second;
        }

        second.Release();
        return first;
    }
}
