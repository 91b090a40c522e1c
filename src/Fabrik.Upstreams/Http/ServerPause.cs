using System.Net.Http.Headers;

namespace Fabrik.Upstreams.Http;

/// <summary>
/// Keeps to what a server asked for with <c>Retry-After</c> (RFC 9110, 10.2.3): until then nothing is sent. What it
/// asks for is bounded: a mistake of the server's, or of a clock, must not switch it off for a day.
/// </summary>
internal sealed class ServerPause(TimeProvider time, TimeSpan longest)
{
    // A timestamp of the clock.
    private long _until = long.MinValue;

    /// <summary>How long it still lasts; zero when requests may be sent.</summary>
    public TimeSpan Left
    {
        get
        {
            var (now, until) = (time.GetTimestamp(), Interlocked.Read(ref _until));
            return until > now ? time.GetElapsedTime(now, until) : TimeSpan.Zero;
        }
    }

    /// <summary>Takes note of an answer that may have asked for a pause.</summary>
    public void Note(RetryConditionHeaderValue? retryAfter)
    {
        var wanted = retryAfter?.Delta
            ?? (retryAfter?.Date is { } date ? date - time.GetUtcNow() : TimeSpan.Zero);
        if (wanted > TimeSpan.Zero)
        {
            var seconds = (wanted < longest ? wanted : longest).TotalSeconds;
            Interlocked.Exchange(ref _until, time.GetTimestamp() + (long)(seconds * time.TimestampFrequency));
        }
    }
}
