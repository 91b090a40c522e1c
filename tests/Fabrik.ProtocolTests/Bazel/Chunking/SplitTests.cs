using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;
using Function = Fabrik.Wire.Protos.Bazel.V2.ChunkingFunction.Types.Value;

namespace Fabrik.ProtocolTests.Bazel.Chunking;

/// <summary>What chunks a blob is made of, whoever stored it.</summary>
public sealed class SplitTests : ChunkTest
{
    private static readonly TestBlob Blob = TestBlob.Random(5_000_000);

    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task Blob_HoweverItLies_IsCutAsClientsCutIt(ArtifactForm form)
    {
        Host.Set(Blob);
        Host.Tier.Form = form;

        var split = await Client.CallAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(Function.FastCdc2020, split.ChunkingFunction);
        Assert.Equal(Cut(Blob).Select(chunk => chunk.Message), split.ChunkDigests);
        Assert.Equal(Blob.Digest, (await StoredAsync(split.ChunkDigests)).Digest);
        Assert.Equal(Blob.Bytes, await StoredAsync(Blob.Message));
    }

    [Fact]
    public async Task BlobOfManyBuffers_IsItsChunks()
    {
        var blob = TestBlob.Random(40 * 1024 * 1024);
        Host.Set(blob);

        var chunks = await SplitAsync(blob);

        Assert.Equal(Cut(blob).Select(chunk => chunk.Message), chunks);
        Assert.Equal(blob.Digest, (await StoredAsync(chunks)).Digest);
    }

    [Fact]
    public async Task BlobsThatDifferInAByte_ShareMostChunks()
    {
        var before = TestBlob.Random(20 * 1024 * 1024);
        var changed = before.Bytes.ToArray();
        changed[changed.Length / 2] ^= 1;
        var after = new TestBlob(changed);
        Host.Set(before);
        Host.Set(after);

        var (one, two) = (await SplitAsync(before), await SplitAsync(after));

        Assert.InRange(two.Except(one).Count(), 1, 3);
    }

    [Fact]
    public async Task SecondSplit_IsTheSame_AndOneQuestion()
    {
        Host.Set(Blob);
        var first = await SplitAsync(Blob);
        var puts = Host.Tier.Puts;
        Host.Asked.Questions.Clear();

        Assert.Equal(first, await SplitAsync(Blob));
        Assert.Equal(puts, Host.Tier.Puts);
        var ids = Cut(Blob).Prepend(Blob).Select(blob => BlobSpace.IdOf(CachePrincipal.Anonymous, blob.Digest));
        Assert.Equal(ids, Assert.Single(Host.Asked.Questions));
    }

    [Fact]
    public async Task EvictedChunk_IsMadeAgain()
    {
        Host.Set(Blob);
        var first = await SplitAsync(Blob);
        await Host.EvictAsync(Cut(Blob)[2]);

        Assert.Equal(first, await SplitAsync(Blob));
        Assert.Equal(Blob.Digest, (await StoredAsync(first)).Digest);
    }

    [Fact]
    public async Task EvictedBlob_IsNotFound_ThoughItsChunksAreThere()
    {
        Host.Set(Blob);
        await SplitAsync(Blob);
        await Host.EvictAsync(Blob);

        var status = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Contains(Blob.Digest.Hash, status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    [InlineData((128 * 1024) + 1)]
    [InlineData(3_000_000)]
    public async Task BlobThatWasNeverThere_IsNotFound(int size)
    {
        var status = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(TestBlob.Random(size)));

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    public async Task SmallBlob_IsItsOwnChunk(int size)
    {
        var blob = TestBlob.Random(size);
        Host.Set(blob);

        Assert.Equal([blob.Message], await SplitAsync(blob));
        Assert.Equal(0, Host.Tier.Puts);
    }

    [Fact]
    public async Task EmptyBlob_HasNoChunks() => Assert.Empty(await SplitAsync(TestBlob.Empty));

    [Theory]
    [InlineData(Function.Unknown)]
    [InlineData(Function.FastCdc2020)]
    [InlineData(Function.RepMaxCdc)]
    [InlineData((Function)99)]
    public async Task WhateverFunctionIsPreferred_FastCdcIsTaken(Function preferred)
    {
        Host.Set(Blob);
        var request = SplitOf(Blob);
        request.ChunkingFunction = preferred;

        var split = await Client.CallAsync(RemoteMethods.SplitBlob, request);

        Assert.Equal(Function.FastCdc2020, split.ChunkingFunction);
    }

    [Fact]
    public async Task ConcurrentSplits_AllAnswer_AndStoreEachChunkOnce()
    {
        const int Calls = 20;
        Host.Set(Blob);
        var chunks = Cut(Blob);

        var answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => SplitAsync(Blob)));

        Assert.All(answers, answer => Assert.Equal(chunks.Select(chunk => chunk.Message), answer));

        // Besides the chunks there are layouts: who comes right behind the first stores it again.
        Assert.InRange(Host.Tier.Puts, 1, chunks.Length + Calls);
    }

    [Fact]
    public async Task StoredLayout_ThatIsNone_IsReplaced()
    {
        Host.Set(Blob);
        var shorter = new SplitBlobResponse { ChunkDigests = { TestBlob.Of("a").Message } };
        foreach (var bytes in new[] { [255], shorter.ToByteArray(), new byte[5_000_000] })
        {
            SetLayout(Blob, bytes);
            var chunks = await SplitAsync(Blob);

            Assert.Equal(Blob.Digest, (await StoredAsync(chunks)).Digest);
            Host.Tier.Fault.Put = CacheErrorKind.Io;
            Assert.Equal(chunks, await SplitAsync(Blob));
            Host.Tier.Fault.Put = null;
        }
    }

    [Fact]
    public async Task StoredBytes_ThatAreNotTheBlob_AreDataLoss_AndNoLayoutIsKept()
    {
        var rotten = Blob.Bytes.ToArray();
        rotten[1_000_000] ^= 1;
        Host.Tier.Set(
            BlobSpace.IdOf(CachePrincipal.Anonymous, Blob.Digest), rotten, new() { Tool = BlobSpace.Tool });

        var status = await Client.FailAsync(RemoteMethods.SplitBlob, SplitOf(Blob));

        Assert.Equal(StatusCode.DataLoss, status.StatusCode);
        Assert.False(HasLayout(Blob));
    }

    [Fact]
    public async Task BlobThatIsTooLargeToCut_IsNotFound_SoThatItIsReadAsAWhole()
    {
        var vast = new Digest { Hash = Blob.Digest.Hash, SizeBytes = (50_000L * 512 * 1024) + 1 };

        var status = await Client.FailAsync(RemoteMethods.SplitBlob, new SplitBlobRequest { BlobDigest = vast });

        Assert.Equal(StatusCode.NotFound, status.StatusCode);
        Assert.Contains("26214400000", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MalformedRequests_AreRefused()
    {
        SplitBlobRequest[] requests =
        [
            new(),
            new() { BlobDigest = new Digest { Hash = "abc", SizeBytes = 1 } },
            new() { BlobDigest = Blob.Message, DigestFunction = DigestFunction.Types.Value.Blake3 },
            new() { BlobDigest = Blob.Message, InstanceName = "a/blobs" },
        ];
        foreach (var request in requests)
        {
            var status = await Client.FailAsync(RemoteMethods.SplitBlob, request);
            Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        }
    }
}
