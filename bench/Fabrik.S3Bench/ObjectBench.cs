using System.Buffers.Binary;
using System.Globalization;
using Fabrik.Measuring;

namespace Fabrik.S3Bench;

/// <summary>Objects of two sizes: each is new when it is written, and read once after all were written.</summary>
internal sealed class ObjectBench(BenchOptions options, Report report)
{
    private const int Workers = 32;
    private const int Small = 4 * 1024;
    private const int Large = 1024 * 1024;

    private int _runs;

    public async Task RunAsync()
    {
        // The first round warms up, and does not count.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var server in options.Turn(round))
            {
                await MeasureAsync(server, Small, options.Requests, round > 0);
                await MeasureAsync(server, Large, Math.Max(1, options.Requests / 10), round > 0);
            }
        }
    }

    private async Task MeasureAsync(SignedServer server, int size, int count, bool counts)
    {
        using ObjectClient client = new(server, Workers);
        using Meter meter = new(server.Server);
        var name = size == Small ? "4 KiB" : "1 MiB";
        foreach (var isSigned in (bool[])[false, true])
        {
            var folder = NextFolder();
            await Disk.SyncAsync();
            var written = await WriteAsync(client, meter, folder, (size, count, isSigned));
            var read = await meter.RunAsync(count, Workers, async (worker, index) =>
            {
                var found = await client.ReadAsync(worker, KeyOf(folder, index));
                if (found != size)
                {
                    throw new InvalidOperationException($"{server.Server.Name} gave {found} bytes, not {size}");
                }
            });
            if (counts)
            {
                report.Add($"PUT {name}, payload {(isSigned ? "" : "un")}signed", server.Server, written);
                report.Add($"GET {name}", server.Server, read);
            }
        }
    }

    private Task<Sample> WriteAsync(
        ObjectClient client, Meter meter, string folder, (int Size, int Count, bool IsSigned) what)
    {
        var contents = Enumerable.Range(0, Workers).Select(worker =>
        {
            var content = new byte[what.Size];
            new Random(options.Seed + worker).NextBytes(content);
            return content;
        }).ToArray();
        var run = _runs;
        return meter.RunAsync(what.Count, Workers, (worker, index) =>
        {
            BinaryPrimitives.WriteInt64LittleEndian(contents[worker], ((long)run << 32) + index);
            return client.WriteAsync(KeyOf(folder, index), contents[worker], what.IsSigned);
        });
    }

    private string NextFolder() => string.Create(CultureInfo.InvariantCulture, $"run{++_runs:D5}");

    private static string KeyOf(string folder, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{folder}/{index:D7}");
}
