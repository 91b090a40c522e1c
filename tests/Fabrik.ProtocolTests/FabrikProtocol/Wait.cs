using System.Diagnostics;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Waits for what another thread does.</summary>
internal static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds; fails if it does not in half a minute.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Longest, "the condition did not come true");
            await Task.Delay(2);
        }
    }
}
