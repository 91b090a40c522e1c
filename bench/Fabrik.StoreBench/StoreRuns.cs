using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;

namespace Fabrik.StoreBench;

/// <summary>What can be measured of a store.</summary>
internal static class StoreRuns
{
    private const int Writers = 64;

    /// <summary>Stores entries of a hundred bytes each, of different content.</summary>
    public static async Task FillAsync(LocalStore store, int count)
    {
        var watch = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var content = new byte[100];
                BitConverter.TryWriteBytes(content, i);
                await StoreAsync(store, $"entry-{i}", content);
            }
        }));
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"{count} entries put in {seconds:F1} s, {count / seconds:F0} a second");
    }

    /// <summary>Reads one entry, the first after opening.</summary>
    public static async Task FirstGetAsync(LocalStore store)
    {
        var watch = Stopwatch.StartNew();
        await using var artifact = (await store.GetAsync(Id("entry-1"), default)).Value;
        Console.WriteLine($"first hit ({artifact is not null}) in {watch.Elapsed.TotalMilliseconds:F2} ms, "
            + $"working set {Environment.WorkingSet / 1_000_000} MB");
    }

    /// <summary>Reads one entry of 1 KiB many times.</summary>
    public static async Task GetAsync(LocalStore store, int count)
    {
        await StoreAsync(store, "kib", Noise(1024));
        var id = Id("kib");
        for (var round = 0; round < 3; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                await using var artifact = (await store.GetAsync(id, default)).Value!;
                if (!artifact.TryGetMemory(out var bytes) || bytes.Length != 1024)
                {
                    throw new InvalidOperationException("not the entry that was put");
                }
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Console.WriteLine($"get 1 KiB: {allocated / (double)count:F0} bytes and "
                + $"{watch.Elapsed.TotalMicroseconds / count:F2} us each");
        }
    }

    /// <summary>Stores contents of several sizes, one after the other, and says how long each took.</summary>
    public static async Task PutAsync(LocalStore store)
    {
        foreach (var size in new[] { 1024, 64 * 1024, 128 * 1024, 1024 * 1024, 4 * 1024 * 1024 })
        {
            foreach (var (name, make) in new (string, Func<int, byte[]>)[] { ("text", Text), ("noise", Noise) })
            {
                var times = new List<double>();
                for (var i = 0; i < 50; i++)
                {
                    var content = make(size);
                    BitConverter.TryWriteBytes(content, Random.Shared.NextInt64());
                    var watch = Stopwatch.StartNew();
                    await StoreAsync(store, Guid.NewGuid().ToString(), content);
                    times.Add(watch.Elapsed.TotalMilliseconds);
                }

                times.Sort();
                Console.WriteLine($"put {size / 1024} KiB {name}: p50 {times[25]:F2} ms, p90 {times[45]:F2} ms");
            }
        }
    }

    private static async Task StoreAsync(LocalStore store, string key, byte[] content)
    {
        var options = new PutOptions
        {
            Metadata = new ArtifactMetadata { Tool = "bench", Key = key },
            ExpectedSize = content.Length,
        };
        var body = PipeReader.Create(new ReadOnlySequence<byte>(content));
        var put = await store.PutAsync(Id(key), body, options, default);
        _ = put.Value;
    }

    private static ArtifactId Id(string key) => new ArtifactKey("", "", "bench", key).ToId();

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(int size)
    {
        var text = new StringBuilder(size + 64);
        for (var i = 0; text.Length < size; i++)
        {
            text.Append("  at line ").Append(i * 7919 % 10007).Append(" of module ").Append(i % 97).Append(";\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }
}
