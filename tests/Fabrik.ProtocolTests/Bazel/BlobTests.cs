using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Auth;
using Fabrik.Testing;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>Blobs in batches: what is there, what comes back, and what is refused.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync();
        _client = _host.Connect();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Blobs_ThatWereSent_AreThereAndComeBack()
    {
        TestBlob[] blobs = [TestBlob.Of("a"), TestBlob.Random(100_000), TestBlob.Random(300_000), TestBlob.Empty];
        var missing = TestBlob.Of("b");
        await _client.UploadAsync(blobs);

        Assert.Equal([missing.Message], await _client.FindMissingAsync([.. blobs, missing]));
        var read = await _client.ReadAsync([.. blobs.Select(blob => blob.Message), missing.Message]);
        Assert.Equal([0, 0, 0, 0, (int)StatusCode.NotFound], read.Select(part => part.Status.Code));
        Assert.Equal(blobs.Select(blob => blob.Bytes), read.SkipLast(1).Select(part => part.Data.ToByteArray()));
        Assert.All(read, part => Assert.Equal(Compressor.Types.Value.Identity, part.Compressor));
    }

    [Theory]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task Blob_HoweverItLies_ComesBack(ArtifactForm form)
    {
        var blob = TestBlob.Random(200_000);
        await _client.UploadAsync(blob);
        _host.Tier.Form = form;

        Assert.Equal(blob.Bytes, (await _client.ReadAsync(blob.Message))[0].Data.ToByteArray());
    }

    [Fact]
    public async Task FindMissing_ExtendsLeases_InOneQuestion()
    {
        TestBlob[] blobs = [TestBlob.Of("a"), TestBlob.Of("b")];
        await _client.FindMissingAsync(blobs);

        var ids = blobs.Select(blob => BlobSpace.IdOf(CachePrincipal.Anonymous, blob.Digest));
        Assert.Equal(ids, Assert.Single(_host.Asked.Questions));
    }

    [Fact]
    public async Task FindMissing_OfNothing_IsNothing() => Assert.Empty(await _client.FindMissingAsync());

    [Fact]
    public async Task FindMissing_OfADigestTwice_AnswersTwice()
    {
        var blob = TestBlob.Of("a");

        Assert.Equal([blob.Message, blob.Message], await _client.FindMissingAsync(blob, blob));
    }

    [Fact]
    public async Task EmptyBlob_IsAlwaysThere_AndNeverStored()
    {
        Assert.Empty(await _client.FindMissingAsync(TestBlob.Empty));
        Assert.Equal(0, (await _client.ReadAsync(TestBlob.Empty.Message))[0].Status.Code);
        await _client.UploadAsync(TestBlob.Empty);
        Assert.Equal(0, _host.Tier.Puts);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("abc", 1)]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", 0)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1)]
    [InlineData("a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", -1)]
    [InlineData("a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)]
    public async Task MalformedDigest_IsRefused_OnItsOwnWhereThereAreParts(string hash, long size)
    {
        var bad = new Digest { Hash = hash, SizeBytes = size };
        var status = await _client.FailAsync(
            RemoteMethods.FindMissingBlobs, new FindMissingBlobsRequest { BlobDigests = { bad } });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Equal((int)StatusCode.InvalidArgument, (await _client.ReadAsync(bad))[0].Status.Code);
        Assert.Equal(
            [StatusCode.InvalidArgument, StatusCode.OK],
            await _client.UpdateAsync(new() { Digest = bad }, RemoteClient.As(TestBlob.Of("a"))));
    }

    [Fact]
    public async Task WrongBytes_AreRefused_AndTheOthersStored()
    {
        var (wrong, shortened) = (RemoteClient.As(TestBlob.Of("b")), RemoteClient.As(TestBlob.Of("cc")));
        wrong.Data = ByteString.CopyFromUtf8("x");
        shortened.Data = ByteString.CopyFromUtf8("c");

        Assert.Equal(
            [StatusCode.InvalidArgument, StatusCode.OK, StatusCode.InvalidArgument],
            await _client.UpdateAsync(wrong, RemoteClient.As(TestBlob.Of("a")), shortened));
        Assert.Equal(1, _host.Tier.Count);
    }

    [Fact]
    public async Task SameBlobTwice_InABatch_IsFine()
    {
        var blob = RemoteClient.As(TestBlob.Of("a"));

        Assert.Equal([StatusCode.OK, StatusCode.OK], await _client.UpdateAsync(blob, blob));
        Assert.Equal(1, _host.Tier.Count);
    }

    [Theory]
    [InlineData(CacheErrorKind.StorageFull, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.ReadOnly, StatusCode.FailedPrecondition)]
    [InlineData(CacheErrorKind.Unavailable, StatusCode.Unavailable)]
    public async Task FailingStore_IsTold_OfEachBlob(CacheErrorKind kind, StatusCode expected)
    {
        _host.Tier.Fault.SetAll(kind);

        Assert.Equal([expected], await _client.UpdateAsync(RemoteClient.As(TestBlob.Of("a"))));
        Assert.Equal((int)expected, (await _client.ReadAsync(TestBlob.Of("a").Message))[0].Status.Code);
        var status = await _client.FailAsync(
            RemoteMethods.FindMissingBlobs,
            new FindMissingBlobsRequest { BlobDigests = { TestBlob.Of("a").Message } });
        Assert.Equal(expected, status.StatusCode);
    }

    [Fact]
    public async Task Batches_AboveTheLimit_AreRefusedAsAWhole()
    {
        var (most, more) = (TestBlob.Random(4 * 1024 * 1024), TestBlob.Of("a"));
        await _client.UploadAsync(most);
        await _client.UploadAsync(more);

        Assert.Equal(most.Bytes, (await _client.ReadAsync(most.Message))[0].Data.ToByteArray());
        var read = await _client.FailAsync(
            RemoteMethods.BatchReadBlobs,
            new BatchReadBlobsRequest { Digests = { most.Message, more.Message } });
        var written = await _client.FailAsync(
            RemoteMethods.BatchUpdateBlobs,
            new BatchUpdateBlobsRequest { Requests = { RemoteClient.As(most), RemoteClient.As(more) } });
        Assert.Equal(
            (StatusCode.InvalidArgument, StatusCode.InvalidArgument), (read.StatusCode, written.StatusCode));
    }

    [Fact]
    public async Task Sizes_WhoseSumOverflows_AreRefused()
    {
        var vast = new Digest { Hash = TestBlob.Of("a").Digest.Hash, SizeBytes = long.MaxValue };

        var status = await _client.FailAsync(
            RemoteMethods.BatchReadBlobs, new BatchReadBlobsRequest { Digests = { vast, vast, vast } });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
    }

    [Fact]
    public async Task HundredThousandDigests_AreAnswered_AndNotOneMore()
    {
        var digest = TestBlob.Of("a").Message;
        var request = new FindMissingBlobsRequest { BlobDigests = { Enumerable.Repeat(digest, 100_000) } };

        var response = await _client.CallAsync(RemoteMethods.FindMissingBlobs, request);
        Assert.Equal(100_000, response.MissingBlobDigests.Count);

        request.BlobDigests.Add(digest);
        var status = await _client.FailAsync(RemoteMethods.FindMissingBlobs, request);
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
    }

    [Theory]
    [InlineData(DigestFunction.Types.Value.Unknown, true)]
    [InlineData(DigestFunction.Types.Value.Sha256, true)]
    [InlineData(DigestFunction.Types.Value.Blake3, false)]
    [InlineData(DigestFunction.Types.Value.Sha1, false)]
    [InlineData((DigestFunction.Types.Value)99, false)]
    public async Task DigestFunctions_OtherThanSha256_AreRefused(DigestFunction.Types.Value function, bool isServed)
    {
        var request = new FindMissingBlobsRequest { DigestFunction = function };
        if (isServed)
        {
            await _client.CallAsync(RemoteMethods.FindMissingBlobs, request);
            return;
        }

        var status = await _client.FailAsync(RemoteMethods.FindMissingBlobs, request);
        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
        Assert.Contains("SHA256", status.Detail, StringComparison.Ordinal);
    }
}
