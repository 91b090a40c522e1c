using System.IO.Pipelines;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Adapters.Bazel.Chunking;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>A server, a client, and what tests of chunks ask for again and again.</summary>
public abstract class ChunkTest : IAsyncLifetime
{
    internal RemoteHost Host { get; private set; } = null!;

    internal RemoteClient Client { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => await StartAsync(null);

    public virtual async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task StartAsync(string? folder)
    {
        Host = await RemoteHost.StartAsync(folder);
        Client = Host.Connect();
    }

    internal static SplitBlobRequest SplitOf(TestBlob blob) => new() { BlobDigest = blob.Message };

    internal static SpliceBlobRequest SpliceOf(TestBlob blob, params IEnumerable<TestBlob> chunks) => new()
    {
        BlobDigest = blob.Message,
        ChunkDigests = { chunks.Select(chunk => chunk.Message) },
    };

    internal static TestBlob Concat(params IEnumerable<TestBlob> chunks) =>
        new([.. chunks.SelectMany(chunk => chunk.Bytes)]);

    /// <summary>The chunks that a client cuts.</summary>
    internal static TestBlob[] Cut(TestBlob blob)
    {
        var (chunker, lengths) = (new FastCdc2020(), new List<int>());
        ReadOnlySpan<byte> rest = blob.Bytes;
        while (chunker.TryCut(ref rest, out var length))
        {
            lengths.Add(length);
        }

        lengths.Add(chunker.Finish());
        var (chunks, start) = (new List<TestBlob>(), 0);
        foreach (var length in lengths.Where(length => length > 0))
        {
            chunks.Add(new TestBlob(blob.Bytes[start..(start + length)]));
            start += length;
        }

        return [.. chunks];
    }

    internal async Task<Digest[]> SplitAsync(TestBlob blob) =>
        [.. (await Client.CallAsync(RemoteMethods.SplitBlob, SplitOf(blob))).ChunkDigests];

    internal async Task SpliceAsync(TestBlob blob, params TestBlob[] chunks)
    {
        var response = await Client.CallAsync(RemoteMethods.SpliceBlob, SpliceOf(blob, chunks));
        Assert.Equal(blob.Message, response.BlobDigest);
    }

    /// <summary>Uploads chunks in as many batches as they need.</summary>
    internal async Task UploadAsync(IEnumerable<TestBlob> chunks)
    {
        foreach (var chunk in chunks)
        {
            await Client.UploadAsync(chunk);
        }
    }

    /// <summary>The bytes that are stored as a blob.</summary>
    internal async Task<byte[]> StoredAsync(Digest message)
    {
        Assert.True(BlobDigest.TryParse(message, out var digest, out _));
        var id = BlobSpace.IdOf(CachePrincipal.Anonymous, digest);
        var found = await Host.Asked.GetAsync(id, CancellationToken.None);
        await using var artifact = found.Value;
        Assert.NotNull(artifact);
        var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        Assert.Null((await artifact.CopyToAsync(writer, 0, artifact.Info.Size, CancellationToken.None)).Error);
        await writer.CompleteAsync();
        return bytes.ToArray();
    }

    /// <summary>What chunks are together, as they are stored.</summary>
    internal async Task<TestBlob> StoredAsync(IEnumerable<Digest> chunks)
    {
        var bytes = new List<byte>();
        foreach (var chunk in chunks)
        {
            bytes.AddRange(await StoredAsync(chunk));
        }

        return new TestBlob([.. bytes]);
    }

    internal bool HasLayout(TestBlob blob) =>
        Host.Tier.Find(ChunkLayouts.IdOf(CachePrincipal.Anonymous, blob.Digest)) is not null;

    internal void SetLayout(TestBlob blob, byte[] bytes) => Host.Tier.Set(
        ChunkLayouts.IdOf(CachePrincipal.Anonymous, blob.Digest), bytes, new() { Tool = BlobSpace.Tool });
}
