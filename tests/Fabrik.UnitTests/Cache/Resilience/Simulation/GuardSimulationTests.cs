using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Simulation;

/// <summary>
/// Half an hour of virtual time with an upstream that misbehaves by chance: no client ever gets a wrong answer or waits
/// beyond the limits, and nothing is left over in the end.
/// </summary>
public sealed class GuardSimulationTests
{
    private const int Clients = 6;
    private const int Operations = 250;

    private static readonly UpstreamOptions Options = new()
    {
        Name = "up",
        AnswerTimeout = TimeSpan.FromSeconds(1),
        Timeout = TimeSpan.FromSeconds(4),
        MaxLatency = TimeSpan.FromMilliseconds(400),
        MinRate = 10_000,
    };

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8, Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Upstream_ThatMisbehavesByChance_IsHarmless(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        TestClock clock = new();
        using UpstreamMetrics metrics = new();
        SimulatedUpstream upstream = new(new Random(seed), clock);
        GuardServices services = new(clock, metrics, NullLogger.Instance) { Random = new Random(seed) };
        GuardedTier tier = new(upstream, Options, services);
        var clients = Enumerable.Range(1, Clients)
            .Select(i => new SimulatedClient(tier, Options, (clock, new Random(seed + i))))
            .ToList();
        var running = Task.WhenAll(clients.Select(client => client.RunAsync(Operations)));
        for (var second = 0; second < 100_000 && !running.IsCompleted; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(running.IsCompleted, $"seed {seed}: clients wait without end");
        await running;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{clients.Sum(client => client.Answers)} answers, {clients.Sum(client => client.Errors)} errors");
        upstream.Release();
        clock.Advance(TimeSpan.FromMinutes(10));
        await Task.WhenAll(upstream.Artifacts.Select(artifact => artifact.Disposed));
        for (var i = 0; i < 10_000 && tier.State.LeftBehind > 0; i++)
        {
            await Task.Yield();
        }

        Assert.Equal(0, tier.State.LeftBehind);
        await tier.DisposeAsync();
        clients.ForEach(client => client.CheckBodies());
        Assert.Empty(clients.SelectMany(client => client.Violations).Concat(upstream.Violations).Take(10));
        Assert.All(upstream.Artifacts, artifact => Assert.Equal(1, artifact.Disposals));
        Assert.Equal(upstream.Begun, upstream.Ended);
        Assert.Equal(0, clock.Timers);
        Assert.True(clients.Sum(client => client.Answers) > 0, "nothing was answered");
        Assert.True(clients.Sum(client => client.Errors) > 0, "nothing failed");
    }
}
