using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Local;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Upstreams.FabrikServer;
using Fabrik.Upstreams.Rpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.StoreBench;

/// <summary>
/// One question for many artifacts, over a local store and a layer 2 that runs already: how long it takes, and how
/// often layer 2 is asked.
/// </summary>
internal sealed class ExistenceBench(BenchOptions options, Uri address, Report report)
{
    private const int Asked = 10_000;

    // Where an entry is: each place has its own numbers.
    private const int Above = 0;
    private const int Here = 1;
    private const int Nowhere = 2;

    private const int Warm = 50;
    private const int Times = 200;
    private const int Size = 256;
    private const int Writers = 32;

    private readonly Workload _workload = new(Size, options.Seed);

    public async Task RunAsync()
    {
        using CountingHandler handler = new();
        await using var server = FabrikServerTier.Create(new FabrikServerOptions
        {
            Name = "second",
            Address = address,
            Channel = new GrpcChannelOptions { HttpHandler = handler },
        });
        using UpstreamMetrics metrics = new();
        UpstreamOptions limits = new() { Name = "second", WriteThrough = WriteThrough.Off };
        await using GuardedTier guarded = new(
            server, limits, new GuardServices(TimeProvider.System, metrics, NullLogger.Instance));
        await using var store = await OpenStoreAsync();
        await using LayeredCache layers = new(
            new LayerParts
            {
                Local = store,
                Upstreams = [new Upstream(guarded, limits)],
                // Every question is to be asked, also one that was answered a moment ago.
                Options = new LayerOptions { NegativeTtl = TimeSpan.Zero },
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await FillAsync(server);
        await _workload.PutAsync(store, (Here * Asked, Asked), Writers);

        await MeasureAsync(layers, handler, "all in layer 2", _ => Above);
        await MeasureAsync(layers, handler, "none anywhere", _ => Nowhere);
        await MeasureAsync(layers, handler, "a third here, a third in layer 2, a third nowhere", i => i % 3);
        await MeasureAsync(layers, handler, "all here", _ => Here);
    }

    private async Task MeasureAsync(LayeredCache layers, CountingHandler handler, string what, Func<int, int> place)
    {
        var ids = Enumerable.Range(0, Asked).Select(i => _workload.Id((place(i) * Asked) + i)).ToArray();
        var found = new bool[Asked];
        Latencies latencies = new(Times);
        var (requests, start) = (0L, 0L);
        for (var i = -Warm; i < Times; i++)
        {
            if (i == 0)
            {
                (requests, start) = (handler.Requests, Stopwatch.GetTimestamp());
            }

            var begin = Stopwatch.GetTimestamp();
            var answer = await layers.ContainsAsync(ids, found, CancellationToken.None);
            if (i >= 0)
            {
                latencies.Set(i, begin);
            }
            else if (answer.Error is not null
                || Enumerable.Range(0, Asked).Any(at => found[at] == (place(at) == Nowhere)))
            {
                throw new InvalidOperationException($"existence, {what}: a wrong answer ({answer.Error?.Message})");
            }
        }

        latencies.Elapsed = Stopwatch.GetElapsedTime(start);
        var calls = (handler.Requests - requests) / (double)Times;
        report.Add($"existence of {Asked:N0} artifacts, {what}; {calls:0.##} requests to layer 2", latencies);
    }

    private async Task FillAsync(FabrikServerTier server)
    {
        var content = new byte[Size];
        PutOptions put = new() { Metadata = new ArtifactMetadata { Tool = "bench" } };
        await Parallel.ForAsync(
            0,
            Asked,
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (i, ended) =>
            {
                var body = PipeReader.Create(new ReadOnlySequence<byte>(content));
                var stored = await server.PutAsync(_workload.Id(i), body, put, ended);
                if (stored.Error is { } error)
                {
                    throw new InvalidOperationException($"layer 2 did not store entry {i}: {error.Message}");
                }
            });
    }

    private async Task<LocalStore> OpenStoreAsync() => (await LocalStore.OpenAsync(
        new LocalStoreOptions { Directory = Path.Combine(options.Folder, "existence") },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        CancellationToken.None)).Value;
}
