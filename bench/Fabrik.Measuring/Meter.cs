using System.Diagnostics;
using System.Globalization;

namespace Fabrik.Measuring;

/// <summary>Runs requests, some at a time, and tells what they took on both sides.</summary>
internal sealed class Meter(Server server) : IDisposable
{
    private const string AllocatedName = "dotnet_gc_allocated_bytes_total ";

    private readonly HttpClient _metrics = new();

    /// <summary>A request.</summary>
    /// <param name="worker">Who makes it: one request at a time has this number.</param>
    /// <param name="index">Its own number.</param>
    public delegate Task Request(int worker, int index);

    /// <summary>Makes requests; one that fails ends everything.</summary>
    public async Task<Sample> RunAsync(int count, int workers, Request request)
    {
        var ticks = new long[count];
        var allocated = await AllocatedAsync();
        var (busy, served, own) = (ProcessUse.BusyOfMachine(), server.Process.Milliseconds(), OwnTime());
        var start = Stopwatch.GetTimestamp();
        await EachAsync(count, workers, async (worker, index) =>
        {
            var begin = Stopwatch.GetTimestamp();
            await request(worker, index);
            ticks[index] = Stopwatch.GetTimestamp() - begin;
        });
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        busy = ProcessUse.BusyOfMachine() - busy;
        served = server.Process.Milliseconds() - served;
        own = OwnTime() - own;
        Array.Sort(ticks);
        return new Sample
        {
            Rate = count / elapsed * 1000,
            P50 = Milliseconds(0.5),
            P95 = Milliseconds(0.95),
            P99 = Milliseconds(0.99),
            ServerTime = served / count,
            ClientTime = own / count,
            Allocated = (await AllocatedAsync() - allocated) / count / 1024,
            Memory = server.Process.Memory(),
            Others = Math.Max(0, (busy - served - own) / elapsed),
        };

        double Milliseconds(double share) =>
            ticks[Math.Min(count - 1, (int)(share * count))] * 1000.0 / Stopwatch.Frequency;
    }

    /// <summary>Makes requests without measuring them.</summary>
    public static Task EachAsync(int count, int workers, Request request)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            int index;
            while ((index = Interlocked.Increment(ref next)) < count)
            {
                await request(worker, index);
            }
        })));
    }

    public void Dispose() => _metrics.Dispose();

    private static double OwnTime() => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    private async Task<double?> AllocatedAsync()
    {
        if (server.Metrics is null)
        {
            return null;
        }

        var page = await _metrics.GetStringAsync(server.Metrics);
        var line = page.Split('\n').First(static line => line.StartsWith(AllocatedName, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(AllocatedName.Length), CultureInfo.InvariantCulture);
    }
}
