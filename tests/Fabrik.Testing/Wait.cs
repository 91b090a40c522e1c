using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fabrik.Testing;

/// <summary>Waits for what another thread does; what does not come in a minute is a failure, not a hang.</summary>
public static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="TimeoutException">It did not come to hold.</exception>
    public static Task UntilAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(condition, static () => Task.Delay(2), what);

    /// <summary>
    /// Moves the time on, step by step, until a condition holds: a timer that ends it may be set only after a step.
    /// </summary>
    /// <exception cref="TimeoutException">It did not come to hold.</exception>
    public static Task AdvanceUntilAsync(
        this TestClock clock,
        TimeSpan step,
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(
            condition,
            async () =>
            {
                clock.Advance(step);
                await Task.Yield();
            },
            what);

    /// <summary>Moves the time on, step by step, until a task has ended.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public static async Task AdvanceUntilAsync(
        this TestClock clock, TimeSpan step, Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await clock.AdvanceUntilAsync(step, () => task.IsCompleted, what);
        await task;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<Task> passTime, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Longest)
            {
                throw new TimeoutException($"this did not come true: {what}");
            }

            await passTime();
        }
    }
}
