using Fabrik.Measuring;
namespace Fabrik.BazelBench;

/// <summary>Blobs of 128 KiB: each is new when it is written, and read once after all were written.</summary>
internal sealed class TransferBench(BenchOptions options, Report report)
{
    private const int Size = 128 * 1024;
    private const int Workers = 32;

    private readonly Blobs _blobs = new(Size, options.Seed);
    private long _next;

    public async Task RunAsync()
    {
        // The first round warms up, and does not count.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var server in options.Turn(round))
            {
                var (written, read) = await MeasureAsync(server);
                if (round > 0)
                {
                    report.Add("write 128 KiB", server, written);
                    report.Add("read 128 KiB", server, read);
                }
            }
        }
    }

    private async Task<(Sample Written, Sample Read)> MeasureAsync(Server server)
    {
        var first = _next;
        _next += options.Requests;
        var digests = _blobs.Digests(first, options.Requests);
        var contents = Enumerable.Range(0, Workers).Select(_ => _blobs.Content(0)).ToArray();
        using IBlobClient client = server.IsRpc
            ? new RpcBlobs(server.Address)
            : new HttpBlobs(server.Address, Workers);
        using Meter meter = new(server);
        await Disk.SyncAsync();
        var written = await meter.RunAsync(options.Requests, Workers, async (worker, index) =>
        {
            Blobs.Number(contents[worker], first + index);
            await client.WriteAsync(worker, digests[index], contents[worker]);
        });
        var read = await meter.RunAsync(options.Requests, Workers, async (worker, index) =>
        {
            var size = await client.ReadAsync(worker, digests[index]);
            if (size != Size)
            {
                throw new InvalidOperationException($"{server.Name} gave {size} bytes of the blob {digests[index]}");
            }
        });
        return (written, read);
    }
}
