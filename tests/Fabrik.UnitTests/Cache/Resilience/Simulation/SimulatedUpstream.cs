using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience;
using Fabrik.Testing;

namespace Fabrik.UnitTests.Cache.Resilience.Simulation;

/// <summary>
/// An upstream that does everything wrong that one can do, by chance and in spells: slow, dead, hung with and without
/// regard to cancellation, throwing, trickling, breaking off. What it says is never wrong by itself, so whatever a
/// client gets wrong the guard has made wrong.
/// </summary>
internal sealed class SimulatedUpstream(Random random, TestClock clock) : ICacheTier
{
    private static readonly CacheErrorKind[] Kinds = Enum.GetValues<CacheErrorKind>();
    private readonly List<TaskCompletionSource> _hanging = [];
    private bool _isReleased;
    private double _badness;
    private long _spellEnds;

    public string Name => "simulated";

    public List<ScriptedArtifact> Artifacts { get; } = [];

    public List<string> Violations { get; } = [];

    public int Ended { get; private set; }

    public int Begun { get; private set; }

    /// <summary>Ends what hangs.</summary>
    public void Release()
    {
        _isReleased = true;
        foreach (var hanging in _hanging.ToList())
        {
            hanging.SetResult();
        }
    }

    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (await BehaveAsync(cancellationToken) is { } error)
        {
            return error;
        }

        if (!SimulatedContent.IsThere(id))
        {
            return default(CachedArtifact);
        }

        var content = SimulatedContent.Of(id);
        ScriptedArtifact artifact = new(content) { IsInMemory = content.Length < 1000 && random.Next(2) == 0 };
        artifact.OnCopy = (writer, token) => CopyAsync(content, writer, token);
        Artifacts.Add(artifact);
        return artifact;
    }

    public async ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        await BehaveAsync(cancellationToken) is { } error
            ? error
            : SimulatedContent.IsThere(id) ? new ScriptedArtifact(SimulatedContent.Of(id)).Info : default;

    public async ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        var error = await BehaveAsync(cancellationToken);
        for (var i = 0; i < ids.Length; i++)
        {
            // Also where it fails: memory of the caller's would show it.
            found.Span[i] = error is null ? SimulatedContent.IsThere(ids.Span[i]) : random.Next(2) == 0;
        }

        return error is null ? default(Unit) : error;
    }

    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        await PauseAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        if (await BehaveAsync(cancellationToken) is { } error)
        {
            return error;
        }

        var content = SimulatedContent.Of(id);
        var at = 0;
        while (true)
        {
            var read = await body.ReadAsync(CancellationToken.None);
            foreach (var segment in read.Buffer)
            {
                Check(content.AsSpan(at, Math.Min(segment.Length, content.Length - at)).SequenceEqual(segment.Span),
                    "an upload delivered bytes that are not the artifact's");
                at += segment.Length;
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                Check(at == content.Length, "an upload that broke off looked whole");
                return PutOutcome.Stored;
            }
        }
    }

    public async ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        await BehaveAsync(cancellationToken) is { } error ? error : SimulatedContent.IsThere(id);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Null to go on and answer well.
    private async ValueTask<CacheError?> BehaveAsync(CancellationToken cancellationToken)
    {
        Begun++;
        try
        {
            if (random.NextDouble() >= Badness())
            {
                await PauseAsync(TimeSpan.FromMilliseconds(random.Next(40)), cancellationToken);
                return null;
            }

            return await MisbehaveAsync(cancellationToken);
        }
        finally
        {
            Ended++;
        }
    }

    private async ValueTask<CacheError?> MisbehaveAsync(CancellationToken cancellationToken)
    {
        switch (random.Next(6))
        {
            case 0:
                throw new InvalidOperationException("simulated bug");
            case 1:
                await HangAsync(cancellationToken);
                return null;
            case 2:
                await HangAsync(CancellationToken.None);
                return null;
            case 3:
                await PauseAsync(TimeSpan.FromSeconds(5 * random.NextDouble()), cancellationToken);
                return null;
            case 4:
                await PauseAsync(TimeSpan.FromSeconds(2 * random.NextDouble()), CancellationToken.None);
                goto default;
            default:
                var retryAfter = random.Next(4) == 0 ? TimeSpan.FromSeconds(random.Next(200)) : default(TimeSpan?);
                return GuardFixture.Error(Kinds[random.Next(Kinds.Length)]) with { RetryAfter = retryAfter };
        }
    }

    private async ValueTask<CacheResult<Unit>> CopyAsync(byte[] content, PipeWriter writer, CancellationToken token)
    {
        Begun++;
        try
        {
            var isBad = random.NextDouble() < Badness();
            var obedient = random.Next(2) == 0 ? token : CancellationToken.None;
            for (var at = 0; at < content.Length;)
            {
                var length = Math.Min(content.Length - at, 1 + random.Next(isBad ? 2000 : 40_000));
                var memory = writer.GetMemory(length);
                if (isBad)
                {
                    await PauseAsync(TimeSpan.FromSeconds(random.NextDouble()), obedient);
                    if (random.Next(20) == 0)
                    {
                        await HangAsync(obedient);
                    }

                    if (random.Next(20) == 0)
                    {
                        return GuardFixture.Error(Kinds[random.Next(Kinds.Length)]);
                    }
                }

                // Memory that was handed out before the pause: it must not be anybody else's by now.
                content.AsMemory(at, length).CopyTo(memory);
                writer.Advance(length);
                at += length;
                await writer.FlushAsync(CancellationToken.None);
            }

            return default(Unit);
        }
        finally
        {
            Ended++;
        }
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        while (!_isReleased)
        {
            if (!cancellationToken.CanBeCanceled)
            {
                if (random.Next(10) > 0)
                {
                    await PauseAsync(TimeSpan.FromSeconds(random.Next(120)), cancellationToken);
                    return;
                }

                TaskCompletionSource hanging = new();
                _hanging.Add(hanging);
                await hanging.Task;
                return;
            }

            await PauseAsync(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    // Asks the token instead of registering with it, so that everything happens on the thread that moves the clock.
    private async Task PauseAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time > TimeSpan.Zero)
        {
            using Alarm alarm = new(clock, time);
            await alarm.Rings;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private double Badness()
    {
        if (clock.GetTimestamp() >= _spellEnds)
        {
            _badness = random.Next(2) == 0 ? random.NextDouble() : 0.02;
            _spellEnds = clock.GetTimestamp() + (TimeSpan.TicksPerSecond * random.Next(5, 60));
        }

        return _badness;
    }

    private void Check(bool isRight, string what)
    {
        if (!isRight)
        {
            Violations.Add(what);
        }
    }
}
