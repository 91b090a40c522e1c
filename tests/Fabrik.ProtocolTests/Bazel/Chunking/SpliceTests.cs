using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;
using Function = Fabrik.Wire.Protos.Bazel.V2.ChunkingFunction.Types.Value;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>Blobs made of chunks, and what is refused.</summary>
public sealed class SpliceTests : ChunkTest
{
    private static readonly TestBlob[] Chunks =
        [TestBlob.Random(300_000), TestBlob.Random(200_000), TestBlob.Random(100_001)];

    private static readonly TestBlob Blob = Concat(Chunks);

    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task Chunks_HoweverTheyLie_BecomeTheBlob(ArtifactForm form)
    {
        Host.Tier.Form = form;
        await UploadAsync(Chunks);
        await SpliceAsync(Blob, Chunks);

        Assert.Equal(Blob.Bytes, await StoredAsync(Blob.Message));
        Assert.Equal(Blob.Bytes, (await Client.ReadAsync(Blob.Message))[0].Data.ToByteArray());
    }

    [Theory]
    [InlineData(Function.Unknown)]
    [InlineData(Function.FastCdc2020)]
    public async Task Split_OfASplicedBlob_GivesTheClientsChunks(Function function)
    {
        await UploadAsync(Chunks);
        var request = SpliceOf(Blob, Chunks);
        request.ChunkingFunction = function;
        await Client.CallAsync(RemoteMethods.SpliceBlob, request);

        var split = await Client.CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(Chunks.Select(chunk => chunk.Message), split.ChunkDigests);
        Assert.Equal(function, split.ChunkingFunction);
    }

    [Theory]
    [InlineData(Function.RepMaxCdc, 300_000, 200_000)]
    [InlineData(Function.FastCdc2020, 100_000, 200_000)]
    [InlineData(Function.FastCdc2020, 300_000, 2_100_000)]
    [InlineData((Function)99, 300_000, 200_000)]
    public async Task Split_OfChunksThatClientsMayRefuse_GivesOthers(Function function, int first, int second)
    {
        TestBlob[] chunks = [TestBlob.Random(first), TestBlob.Random(second)];
        var blob = Concat(chunks);
        await UploadAsync(chunks);
        var request = SpliceOf(blob, chunks);
        request.ChunkingFunction = function;
        await Client.CallAsync(RemoteMethods.SpliceBlob, request);

        var split = await Client.CallAsync(RemoteMethods.SplitBlob, SplitOf(blob));

        Assert.Equal(Function.FastCdc2020, split.ChunkingFunction);
        Assert.Equal(Cut(blob).Select(chunk => chunk.Message), split.ChunkDigests);
    }

    [Fact]
    public async Task SplicedBlob_WhoseChunkIsEvicted_IsCutByTheServer()
    {
        await UploadAsync(Chunks);
        await SpliceAsync(Blob, Chunks);
        await Host.EvictAsync(Chunks[1]);

        var chunks = await SplitAsync(Blob);

        Assert.Equal(Cut(Blob).Select(chunk => chunk.Message), chunks);
        Assert.Equal(Blob.Digest, (await StoredAsync(chunks)).Digest);
    }

    [Fact]
    public async Task SameChunkManyTimes_IsFine()
    {
        await UploadAsync([Chunks[0]]);
        TestBlob[] chunks = [.. Enumerable.Repeat(Chunks[0], 10)];

        await SpliceAsync(Concat(chunks), chunks);

        Assert.Equal(Concat(chunks).Bytes, await StoredAsync(Concat(chunks).Message));
    }

    [Fact]
    public async Task EmptyBlob_IsMadeOfNothing()
    {
        await SpliceAsync(TestBlob.Empty);
        await SpliceAsync(TestBlob.Empty, TestBlob.Empty);
        Assert.Equal(0, Host.Tier.Puts);
    }

    [Fact]
    public async Task EmptyChunks_DoNotMatter()
    {
        await UploadAsync(Chunks);
        await SpliceAsync(Blob, [TestBlob.Empty, .. Chunks, TestBlob.Empty]);

        Assert.Equal(Blob.Bytes, await StoredAsync(Blob.Message));
    }

    [Fact]
    public async Task MissingChunks_AreNamed_AndNothingIsStored()
    {
        await UploadAsync([Chunks[1]]);
        var puts = Host.Tier.Puts;

        var status = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks));

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Contains(Chunks[0].Digest.ToString(), status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Chunks[1].Digest.Hash, status.Detail, StringComparison.Ordinal);
        Assert.Contains(Chunks[2].Digest.ToString(), status.Detail, StringComparison.Ordinal);
        Assert.Equal(puts, Host.Tier.Puts);
    }

    [Fact]
    public async Task ChunkOfAnotherSizeThanSaid_IsMissing()
    {
        await UploadAsync(Chunks);
        var request = SpliceOf(Blob, Chunks);
        request.ChunkDigests[0].SizeBytes--;
        request.ChunkDigests[1].SizeBytes++;

        var status = await Client.FailAsync(RemoteMethods.SpliceBlob, request);

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Single(await Client.FindMissingAsync(Blob));
    }

    [Fact]
    public async Task WrongOrder_IsRefused_AndNothingIsStored()
    {
        await UploadAsync(Chunks);

        var status = await Client.FailAsync(RemoteMethods.SpliceBlob, SpliceOf(Blob, Chunks.Reverse()));

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Single(await Client.FindMissingAsync(Blob));
        Assert.False(HasLayout(Blob));
    }

    [Fact]
    public async Task BlobThatIsThere_IsLeftAlone_AndNoWordTakenForItsChunks()
    {
        Host.Set(Blob);
        await UploadAsync(Chunks);
        var puts = Host.Tier.Puts;

        await SpliceAsync(Blob, [.. Chunks.Reverse()]);

        Assert.Equal(puts, Host.Tier.Puts);
        Assert.Equal(Blob.Digest, (await StoredAsync(await SplitAsync(Blob))).Digest);
    }

    [Fact]
    public async Task MalformedRequests_AreRefused()
    {
        await UploadAsync(Chunks);
        var none = SpliceOf(Blob, Chunks);
        none.BlobDigest = null;
        var bad = SpliceOf(Blob, Chunks);
        bad.ChunkDigests[1] = new Digest { Hash = "abc", SizeBytes = 200_000 };
        var vast = SpliceOf(Blob, Chunks);
        vast.BlobDigest = new Digest { Hash = Blob.Digest.Hash, SizeBytes = RemoteHost.MaxBlob + 1 };
        var overflow = SpliceOf(Blob, Chunks);
        overflow.ChunkDigests[0].SizeBytes = overflow.ChunkDigests[1].SizeBytes = long.MaxValue;
        var blake = SpliceOf(Blob, Chunks);
        blake.DigestFunction = DigestFunction.Types.Value.Blake3;
        SpliceBlobRequest[] requests =
        [
            none, bad, vast, overflow, blake, SpliceOf(Blob), SpliceOf(Blob, Chunks[..2]),
            SpliceOf(Blob, [.. Chunks, Chunks[0]]), SpliceOf(TestBlob.Empty, Chunks),
        ];
        foreach (var request in requests)
        {
            var status = await Client.FailAsync(RemoteMethods.SpliceBlob, request);
            Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        }

        Assert.Single(await Client.FindMissingAsync(Blob));
    }

    [Fact]
    public async Task FiftyThousandChunks_AreTaken_AndNotOneMore()
    {
        var chunk = TestBlob.Of("abc");
        await UploadAsync([chunk]);
        TestBlob[] most = [.. Enumerable.Repeat(chunk, 50_000)];

        await SpliceAsync(Concat(most), most);

        var status = await Client.FailAsync(
            RemoteMethods.SpliceBlob, SpliceOf(Concat([.. most, chunk]), [.. most, chunk]));
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("50000", status.Detail, StringComparison.Ordinal);
    }
}
