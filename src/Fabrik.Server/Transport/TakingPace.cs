using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fabrik.Server.Transport;

/// <summary>
/// Tells whether a client takes an answer more slowly than is allowed. Kestrel's own limit counts what a flush hands
/// over, and a flush here may stand for megabytes: it would give a client that reads nothing hours.
/// </summary>
/// <remarks>
/// Looked at in windows, each with its own count. A client's system acknowledges in steps of up to a full window of its
/// socket, so a window lasts at least as long as one step takes at the slowest pace that is allowed, but no longer than
/// <see cref="Longest"/>.
/// </remarks>
internal sealed class TakingPace(MinDataRate slowest, TimeProvider time)
{
    /// <summary>What a client's system acknowledges at once though its program reads evenly.</summary>
    public const int Step = 64 * 1024;

    /// <summary>After this a client that takes nothing is cut off, however low the limit is.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TimeSpan _window = WindowOf(slowest);
    private long _start;
    private long _takenAtStart;

    /// <summary>The client begins to be waited for.</summary>
    /// <param name="taken">The bytes it has taken on this connection.</param>
    public void Begin(long taken)
    {
        _start = time.GetTimestamp();
        _takenAtStart = taken;
    }

    /// <summary>Whether the client fell behind in a window that is over.</summary>
    /// <param name="taken">The bytes it has taken on this connection by now.</param>
    public bool IsTooSlow(long taken)
    {
        var passed = time.GetElapsedTime(_start);
        if (passed < _window)
        {
            return false;
        }

        if (taken - _takenAtStart < slowest.BytesPerSecond * _window.TotalSeconds)
        {
            return true;
        }

        Begin(taken);
        return false;
    }

    private static TimeSpan WindowOf(MinDataRate slowest)
    {
        var seconds = Math.Min(Step / slowest.BytesPerSecond, Longest.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Max(seconds, slowest.GracePeriod.TotalSeconds));
    }
}
