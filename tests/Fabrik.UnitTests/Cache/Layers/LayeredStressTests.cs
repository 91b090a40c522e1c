using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Testing;
using Fabrik.UnitTests.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>
/// Many readers of many sizes that join, leave, ask for parts and are slow, while upstreams break, lie and fail: who
/// got to the end got the right bytes, nobody else was told so, and nothing is left behind. Before the end, bytes are
/// wrong only where an upstream lies about a large artifact.
/// </summary>
public sealed class LayeredStressTests
{
    private const int Keys = 24;
    private const int Readers = 400;

    // Small windows and limits, so that a small artifact meets every one of them.
    private static readonly LayerOptions Tight = new()
    {
        VerifyFirstLimit = 128 * 1024,
        WindowSize = 256 * 1024,
        MaxMemory = 1024 * 1024,
        MaxFetches = 20,
        NegativeTtl = TimeSpan.Zero,
        SuspectTtl = TimeSpan.Zero,
    };

    private enum Outcome
    {
        Whole,
        Part,
        Wrong,
    }

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "20301");

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public async Task Readers_OverATierInMemory_GetNothingWrong(double fullShare)
    {
        await using LayerFixture layers = new(Tight);
        layers.Local.FullAfter = fullShare > 0 ? (int)((1 - fullShare) * 400_000) : null;
        await RunAsync(layers, Seed, (layers.Local, fullShare == 0));
    }

    [Fact]
    public async Task Readers_OverARealStore_GetNothingWrong()
    {
        await using var store = await StoreFixture.OpenAsync(options => options with { MaxSize = 6_000_000 });
        await using LayerFixture layers = new(Tight, store.Store);
        await RunAsync(layers, Seed, (store.Store, false));
    }

    private static async Task RunAsync(LayerFixture layers, int seed, (ICacheTier Tier, bool KeepsAll) local)
    {
        Random random = new(seed);
        var contents = Enumerable.Range(0, Keys).Select(key => Make(key, random)).ToArray();
        foreach (var upstream in new[] { layers.Near, layers.Far })
        {
            Script(upstream, contents, random.Next());
        }

        var running = new List<Task>();
        for (var i = 0; i < Readers; i++)
        {
            var (key, reader) = (random.Next(Keys), random.Next());
            running.Add(Task.Run(() => ReadAsync(layers, key, contents[key], new Random(reader))));
            if (random.Next(8) == 0)
            {
                var victim = LayerFixture.Id($"{random.Next(Keys)}");
                running.Add(Task.Run(async () => { await local.Tier.DeleteAsync(victim, default); }));
            }

            if (running.Count >= 32)
            {
                running.Remove(await Task.WhenAny(running));
            }
        }

        await Task.WhenAll(running);
        await layers.Cache.Reads.Flights.LandAsync();
        var state = $"seed {seed}: {layers.Statistics}";
        Assert.True(layers.Statistics.Running == 0, state);
        Assert.True(layers.Statistics.MemoryBytes == 0, state);
        await CheckStoreAsync(local.Tier, contents, state);
    }

    private static byte[] Make(int key, Random random)
    {
        var size = (key % 3) switch
        {
            0 => random.Next(1000),
            1 => random.Next(1000, 200_000),
            _ => random.Next(200_000, 1_500_000),
        };
        return LayerFixture.Content(random.Next(), size);
    }

    private static void Script(ScriptedUpstream tier, byte[][] contents, int seed)
    {
        for (var key = 0; key < Keys; key++)
        {
            var id = LayerFixture.Id($"{key}");
            var bytes = contents[key];
            var served = bytes;
            if (IsLiedAbout(key) && bytes.Length > 0 && (key + seed) % 2 == 0)
            {
                served = (byte[])bytes.Clone();
                served[bytes.Length / 2] ^= 0x40;
            }

            tier.Set(id, served, bytes);
        }

        tier.PieceSize = 7_000;
        Random random = new(seed);
        tier.OnGet = async (_, _) =>
        {
            await Task.Yield();
            return Dice(random, 10) ? CacheErrorKind.Unavailable : null;
        };
        tier.OnPiece = async (_, _) =>
        {
            if (Dice(random, 4))
            {
                await Task.Yield();
            }

            return Dice(random, 150) ? CacheErrorKind.Timeout : null;
        };
    }

    private static bool IsLiedAbout(int key) => key % 4 == 3;

    private static bool Dice(Random random, int sides)
    {
        lock (random)
        {
            return random.Next(sides) == 0;
        }
    }

    private static async Task ReadAsync(LayerFixture layers, int key, byte[] content, Random random)
    {
        using CancellationTokenSource leaving = new();
        if (random.Next(6) == 0)
        {
            await leaving.CancelAsync();
        }

        CachedArtifact? artifact;
        try
        {
            artifact = (await layers.Cache.GetAsync(LayerFixture.Id($"{key}"), leaving.Token)).Value;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (artifact is null)
        {
            return;
        }

        await using (artifact)
        {
            Assert.Equal(content.Length, artifact.Info.Size);
            var offset = random.Next(4) == 0 ? random.Next(content.Length + 1) : 0;
            var length = random.Next(4) == 0 ? random.Next(content.Length - offset + 1) : content.Length - offset;
            var outcome = await CompareAsync(artifact, content.AsMemory(offset, length), offset, random);
            Assert.True(outcome != Outcome.Wrong || IsLiedAbout(key), $"wrong bytes of {key}");
        }
    }

    private static async Task<Outcome> CompareAsync(
        CachedArtifact artifact, ReadOnlyMemory<byte> expected, int offset, Random random)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 8_000, resumeWriterThreshold: 4_000));
        var copying = CopyAsync(artifact, pipe.Writer, (offset, expected.Length));
        var leavesAt = random.Next(5) == 0 ? random.Next(expected.Length + 1) : int.MaxValue;
        var (count, isRight, isLast) = (0, true, false);
        while (!isLast && count < leavesAt)
        {
            var read = await pipe.Reader.ReadAsync();
            foreach (var piece in read.Buffer)
            {
                isRight &= piece.Span.SequenceEqual(expected.Span.Slice(count, piece.Length));
                count += piece.Length;
            }

            pipe.Reader.AdvanceTo(read.Buffer.End);
            isLast = read.IsCompleted;
            for (var pause = random.Next(20) == 0 ? random.Next(50) : 0; pause > 0; pause--)
            {
                await Task.Yield();
            }
        }

        await pipe.Reader.CompleteAsync();
        var error = await copying;
        if (error is null && isLast)
        {
            Assert.True(isRight && count == expected.Length, $"an end without an error at {count}");
            return Outcome.Whole;
        }

        Assert.True(error is not null || count >= leavesAt, $"neither whole nor an error at {count}");
        Assert.True(isRight || count < expected.Length, "all of something wrong");
        return isRight ? Outcome.Part : Outcome.Wrong;
    }

    private static async Task<CacheError?> CopyAsync(
        CachedArtifact artifact, PipeWriter writer, (long Offset, long Length) range)
    {
        var copied = await artifact.CopyToAsync(writer, range.Offset, range.Length, default);
        await writer.CompleteAsync();
        return copied.Error;
    }

    private static async Task CheckStoreAsync(ICacheTier local, byte[][] contents, string state)
    {
        for (var key = 0; key < Keys; key++)
        {
            await using var artifact = (await local.GetAsync(LayerFixture.Id($"{key}"), default)).Value;
            if (artifact is not null)
            {
                var (bytes, error) = await LayerFixture.ReadAsync(artifact);
                Assert.True(error is null, state);
                Assert.True(SHA256.HashData(bytes).AsSpan().SequenceEqual(SHA256.HashData(contents[key])), state);
            }
        }
    }
}
