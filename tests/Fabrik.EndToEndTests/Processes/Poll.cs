using System.Diagnostics;

namespace Fabrik.EndToEndTests.Processes;

/// <summary>Waits for something that another process does and cannot announce.</summary>
internal static class Poll
{
    /// <summary>Long enough for a busy machine; what a test waits for takes milliseconds on a quiet one.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(15);

    /// <summary>Asks until <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <see cref="Limit"/>.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> whatWasAwaited)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"After {Limit}: {whatWasAwaited()}");
            }
            await Task.Delay(Interval);
        }
    }

    public static Task UntilAsync(Func<bool> condition, Func<string> whatWasAwaited) =>
        UntilAsync(() => Task.FromResult(condition()), whatWasAwaited);
}
