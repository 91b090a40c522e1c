using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>Clients of another tool, which store one artifact after the other until they are told to stop.</summary>
internal sealed class OtherWriters : IAsyncDisposable
{
    private const int Clients = 2;
    private const int ArtifactSize = 256 * 1024;

    private readonly FabrikServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;
    private int _next;

    public OtherWriters(FabrikServer server)
    {
        _server = server;
        _writing = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(WriteAsync)));
    }

    /// <summary>Waits until the store has evicted so much.</summary>
    public Task EvictAsync(long bytes) => Poll.UntilAsync(
        async () =>
        {
            if (_writing.IsCompleted)
            {
                await _writing;
            }

            return (await _server.ReadMetricsAsync()).Sum("fabrik_evicted_bytes_total") >= bytes;
        },
        () => $"{bytes} bytes are not evicted. The log:\n{_server.Log}");

    /// <summary>Ends the writing.</summary>
    /// <exception cref="HttpRequestException">A write was refused.</exception>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writing;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next);
            var bytes = new byte[ArtifactSize];
            new Random(number).NextBytes(bytes);
            using var content = new ByteArrayContent(bytes);
            var path = string.Create(CultureInfo.InvariantCulture, $"http/others/{number}");
            using var stored = await _server.Http.PutAsync(path, content, CancellationToken.None);
            stored.EnsureSuccessStatusCode();
        }
    }
}
