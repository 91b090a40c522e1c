using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience;
using Fabrik.Testing;

namespace Fabrik.UnitTests.Cache.Resilience.Simulation;

/// <summary>A client that asks for this and that, leaves now and then, and notes whatever is not as promised.</summary>
internal sealed class SimulatedClient(GuardedTier tier, UpstreamOptions options, (TestClock Clock, Random Random) world)
{
    private readonly List<(MemoryStream Received, byte[] Content)> _bodies = [];

    public List<string> Violations { get; } = [];

    public int Answers { get; private set; }

    public int Errors { get; private set; }

    public async Task RunAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            await PauseAsync(TimeSpan.FromMilliseconds(world.Random.Next(10_000)));
            using CancellationTokenSource leaving = new();
            if (world.Random.Next(10) == 0)
            {
                _ = LeaveAsync(leaving, TimeSpan.FromMilliseconds(world.Random.Next(1, 3000)));
            }

            try
            {
                await OperateAsync(SimulatedContent.IdOf(world.Random.Next(SimulatedContent.Count)), leaving.Token);
            }
            catch (OperationCanceledException)
            {
                Check(leaving.IsCancellationRequested, "a cancellation that the client did not ask for");
            }
        }
    }

    /// <summary>Looks once more at all that was received: what was given up may have gone on.</summary>
    public void CheckBodies()
    {
        foreach (var (received, content) in _bodies)
        {
            var bytes = received.ToArray();
            Check(content.AsSpan().StartsWith(bytes), "a body got bytes that are not the artifact's");
        }
    }

    private async Task OperateAsync(ArtifactId id, CancellationToken token)
    {
        switch (world.Random.Next(8))
        {
            case 0:
                var stat = await WithinAsync(options.AnswerTimeout, () => tier.StatAsync(id, token));
                Check(stat.Error is not null || stat.Value is null != SimulatedContent.IsThere(id), "a wrong stat");
                break;
            case 1:
                await ContainsAsync(token);
                break;
            case 2:
                var deleted = await WithinAsync(options.AnswerTimeout, () => tier.DeleteAsync(id, token));
                Check(deleted.Error is not null || deleted.Value == SimulatedContent.IsThere(id), "a wrong deletion");
                break;
            case 3:
                await PutAsync(id, token);
                break;
            default:
                await GetAsync(id, token);
                break;
        }
    }

    private async Task GetAsync(ArtifactId id, CancellationToken token)
    {
        var got = await WithinAsync(options.AnswerTimeout, () => tier.GetAsync(id, token));
        if (!got.TryGet(out var artifact, out _))
        {
            return;
        }

        Check((artifact is not null) == SimulatedContent.IsThere(id), "a wrong hit or miss");
        if (artifact is null)
        {
            return;
        }

        await using var owned = artifact;
        var content = SimulatedContent.Of(id);
        if (artifact.TryGetMemory(out var bytes))
        {
            Check(bytes.Span.SequenceEqual(content), "wrong bytes in memory");
            return;
        }

        MemoryStream received = new();
        _bodies.Add((received, content));
        var writer = PipeWriter.Create(received);
        var limit = TimeSpan.FromSeconds((double)content.Length / options.MinRate) + GuardLimits.RateWindow;
        var copied = await WithinAsync(limit, () => artifact.CopyToAsync(writer, 0, content.Length, token));
        Check(copied.Error is not null || received.Length == content.Length, "a body that is whole and is not");
    }

    private async Task PutAsync(ArtifactId id, CancellationToken token)
    {
        var bytes = SimulatedContent.Of(id);
        var length = bytes.Length;
        var body = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
        PutOptions put = new() { Metadata = new ArtifactMetadata { Tool = "test" } };
        var limit = TimeSpan.FromSeconds((double)length / options.MinRate) + GuardLimits.RateWindow + options.Timeout;
        try
        {
            await WithinAsync(limit, () => tier.PutAsync(id, body, put, token));
        }
        finally
        {
            // The memory has another use now.
            bytes.AsSpan().Fill(0xEE);
            await body.CompleteAsync();
        }
    }

    private async Task ContainsAsync(CancellationToken token)
    {
        var ids = new ArtifactId[5];
        var found = new bool[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = SimulatedContent.IdOf(world.Random.Next(SimulatedContent.Count));
            found[i] = true;
        }

        var contains = await WithinAsync(options.AnswerTimeout, () => tier.ContainsAsync(ids, found, token));
        for (var i = 0; i < ids.Length; i++)
        {
            Check(found[i] == (contains.Error is not null || SimulatedContent.IsThere(ids[i])), "a wrong existence");
        }
    }

    private async Task<CacheResult<T>> WithinAsync<T>(TimeSpan limit, Func<ValueTask<CacheResult<T>>> operation)
    {
        var start = world.Clock.GetTimestamp();
        try
        {
            var result = await operation();
            _ = result.Error is null ? Answers++ : Errors++;
            return result;
        }
        finally
        {
            // Timers may be up to a millisecond late.
            var took = world.Clock.GetElapsedTime(start);
            Check(took <= limit + TimeSpan.FromMilliseconds(1), $"{typeof(T).Name}: {took} instead of {limit} at most");
        }
    }

    private async Task LeaveAsync(CancellationTokenSource leaving, TimeSpan after)
    {
        await PauseAsync(after);
        try
        {
            leaving.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The operation had ended before.
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            using Alarm alarm = new(world.Clock, time);
            await alarm.Rings;
        }
    }

    private void Check(bool isRight, string what)
    {
        if (!isRight)
        {
            Violations.Add($"{world.Clock.GetUtcNow():HH:mm:ss.fff} {what}");
        }
    }
}
