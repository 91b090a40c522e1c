using Fabrik.Server.Adapters.Bazel.ByteStream;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.ByteStream;

/// <summary>Many streams at once over a real store: nobody gets another's bytes.</summary>
public sealed class ManyStreamsTests : IDisposable
{
    private const int Streams = 200;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fabrik-protocol-{Guid.NewGuid():n}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TwoHundredStreams_OfBothCodings_AreWhole()
    {
        await using var host = await StreamHost.StartAsync(_folder);
        StreamClient[] clients = [host.Connect(), host.Connect(), host.Connect(), host.Connect()];
        var blobs = Enumerable.Range(0, Streams).Select(i => Blob.Of(100_000 + i)).ToArray();

        await Task.WhenAll(blobs.Select(async (blob, i) =>
        {
            var isCompressed = i % 2 == 0;
            var bytes = isCompressed ? Blob.Compress(blob.Bytes) : blob.Bytes;
            var name = isCompressed ? blob.WriteZstdName : blob.WriteName;
            Assert.Equal(bytes.Length, (await clients[i % 4].WriteAsync(name, bytes, 16 * 1024)).CommittedSize);
        }));
        Assert.Equal(Streams, host.StoredEntries);

        await Task.WhenAll(blobs.Select(async (blob, i) =>
        {
            var read = await clients[i % 4].ReadAsync(i % 3 == 0 ? blob.ReadZstdName : blob.ReadName);
            Assert.Equal(blob.Bytes, i % 3 == 0 ? Blob.Decompress(read) : read);
        }));
    }

    [Fact]
    public async Task SameBlob_FromManyAtOnce_IsStoredOnce()
    {
        await using var host = await StreamHost.StartAsync(_folder);
        var (client, blob) = (host.Connect(), Blob.Of(300_000));
        var frame = Blob.Compress(blob.Bytes);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? client.WriteAsync(blob.WriteName, blob.Bytes)
            : client.WriteAsync(blob.WriteZstdName, frame)));

        Assert.All(answers.Where((_, i) => i % 2 == 0), answer => Assert.Equal(300_000, answer.CommittedSize));
        Assert.All(answers.Where((_, i) => i % 2 == 1), answer => Assert.Contains(
            answer.CommittedSize, (long[])[-1, frame.Length]));
        Assert.Equal(1, host.StoredEntries);
    }

    [Fact]
    public async Task Writers_ThatGoAway_LeaveNothing()
    {
        await using var host = await StreamHost.StartAsync(_folder);
        var client = host.Connect();
        for (var i = 0; i < 20; i++)
        {
            var blob = Blob.Of(2_000_000 + i);
            var call = client.BeginWrite();
            foreach (var message in StreamClient.Pieces(blob.WriteName, blob.Bytes).Take(i))
            {
                await client.WriteAsync(call, message);
            }

            call.Dispose();
        }

        await Wait.UntilAsync(() => host.Gate.InFlight == 0);

        // Nobody goes on with what they began.
        host.Clock.Advance(ParkedUploads.MaxAge);
        await Wait.UntilAsync(() => Directory.GetFiles(Path.Combine(_folder, "tmp")).Length == 0);
        Assert.Equal(0, host.StoredEntries);
    }
}
