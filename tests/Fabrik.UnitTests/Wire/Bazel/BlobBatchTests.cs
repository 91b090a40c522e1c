using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.UnitTests.Wire.Bazel;

public sealed class BlobBatchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(40_000)]
    public async Task Batch_IsWrittenAsTheGeneratedCodeWould(int size)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        Owner owner = new();
        BatchReadBlobsResponse.Types.Response head = new() { Digest = BlobDigest.Of(bytes).ToMessage() };
        BatchReadBlobsResponse expected = new()
        {
            Responses = { new BatchReadBlobsResponse.Types.Response(head) { Data = ByteString.CopyFrom(bytes) }, head },
        };
        BlobBatch batch = new(2);
        batch.Set(0, head, bytes, owner);
        batch.Set(1, head);

        var written = RemoteMethods.GiveBlobs.ResponseMarshaller.Serializer(batch);

        Assert.Equal(expected, BatchReadBlobsResponse.Parser.ParseFrom(written));
        Assert.Equal(0, owner.LetGo);
        await batch.DisposeAsync();
        await batch.DisposeAsync();
        Assert.Equal(1, owner.LetGo);
    }

    [Theory]
    [InlineData("")]
    [InlineData("next")]
    public void Page_IsWrittenAsTheGeneratedCodeWould(string token)
    {
        Directory folder = new() { Symlinks = { new SymlinkNode { Name = new string('x', 300), Target = "y" } } };
        GetTreeResponse expected = new() { Directories = { folder, new Directory() }, NextPageToken = token };
        TreePage page = new() { NextToken = token };
        page.Add(folder.ToByteArray());
        page.Add(default);

        var written = RemoteMethods.GiveTree.ResponseMarshaller.Serializer(page);

        Assert.Equal(expected, GetTreeResponse.Parser.ParseFrom(written));
        Assert.Equal(2, page.Count);
        Assert.Equal(written.Length - (token.Length == 0 ? 0 : 2 + token.Length), page.Size);
    }

    private sealed class Owner : IAsyncDisposable
    {
        public int LetGo { get; private set; }

        public ValueTask DisposeAsync()
        {
            LetGo++;
            return ValueTask.CompletedTask;
        }
    }
}
