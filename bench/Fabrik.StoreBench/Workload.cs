using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;

namespace Fabrik.StoreBench;

/// <summary>Entries that differ in id and content, of one size; the content does not compress.</summary>
internal sealed class Workload
{
    private static readonly PutOptions Put = new() { Metadata = new ArtifactMetadata { Tool = "bench" } };

    private readonly byte[] _content;
    private readonly int _seed;

    public Workload(int size, int seed)
    {
        _seed = seed;
        _content = new byte[Math.Max(size, 2 * sizeof(int))];
        new Random(seed).NextBytes(_content);
    }

    /// <summary>The id of an entry.</summary>
    public ArtifactId Id(int index) => new ArtifactKey("", "", "bench", $"{_seed}-{_content.Length}-{index}").ToId();

    /// <summary>Stores the entries of a range with a number of writers at a time.</summary>
    public async Task<Latencies> PutAsync(LocalStore store, (int First, int Count) range, int writers)
    {
        var latencies = new Latencies(range.Count);
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            var content = _content.AsSpan().ToArray();
            int i;
            while ((i = Interlocked.Increment(ref next)) < range.Count)
            {
                await PutOneAsync(store, range.First + i, content, (latencies, i));
            }
        })));
        latencies.Elapsed = Stopwatch.GetElapsedTime(start);
        return latencies;
    }

    /// <summary>Reads entries in a random order, one after the other, as a server does: memory or a file.</summary>
    public async Task<Latencies> GetAsync(LocalStore store, ArtifactId[] ids, int count)
    {
        var latencies = new Latencies(count);
        var random = new Random(_seed);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            var id = ids[random.Next(ids.Length)];
            await using var artifact = (await store.GetAsync(id, CancellationToken.None)).Value
                ?? throw new InvalidOperationException($"entry {id} is not there");
            if (!artifact.TryGetMemory(out _) && !artifact.TryGetFile(out _, out _))
            {
                await artifact.CopyToAsync(
                    PipeWriter.Create(Stream.Null), 0, artifact.Info.Size, CancellationToken.None);
            }

            latencies.Set(i, begin);
        }

        latencies.Elapsed = Stopwatch.GetElapsedTime(start);
        return latencies;
    }

    private async Task PutOneAsync(LocalStore store, int index, byte[] content, (Latencies Into, int At) timing)
    {
        BinaryPrimitives.WriteInt32LittleEndian(content, index);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(sizeof(int)), _seed);
        var body = PipeReader.Create(new ReadOnlySequence<byte>(content));
        var start = Stopwatch.GetTimestamp();
        var result = await store.PutAsync(Id(index), body, Put, CancellationToken.None);
        timing.Into.Set(timing.At, start);
        if (result.Value != PutOutcome.Stored)
        {
            throw new InvalidOperationException($"entry {index} was not stored: {result.Value}");
        }
    }
}
