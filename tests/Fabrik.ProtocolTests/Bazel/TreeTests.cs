using Fabrik.Cache;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>GetTree.</summary>
public sealed class TreeTests : IAsyncLifetime
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
    public async Task Tree_ComesBreadthFirst_EachFolderOnce()
    {
        var (shared, empty) = (TestTree.Leaf(1), TestBlob.Empty);
        var left = Stored(TestBlob.Of(TestTree.Folder([TestBlob.Of("a")], shared, empty)));
        var right = Stored(TestBlob.Of(TestTree.Folder(null, shared, left)));
        var root = Stored(TestBlob.Of(TestTree.Folder(null, right, shared)));
        Stored(shared);

        var page = Assert.Single(await _client.TreeAsync(new GetTreeRequest { RootDigest = root.Message }));

        Assert.Equal([root, right, shared, left, empty], page.Directories.Select(TestBlob.Of), ByDigest);
        Assert.Equal("", page.NextPageToken);
    }

    [Fact]
    public async Task MissingParts_AreOmitted()
    {
        var (there, gone, noFolder) = (Stored(TestTree.Leaf(1)), TestTree.Leaf(2), Stored(TestBlob.Of("no folder")));
        var root = Stored(TestBlob.Of(TestTree.Folder(null, gone, noFolder, there)));

        var page = Assert.Single(await _client.TreeAsync(new GetTreeRequest { RootDigest = root.Message }));

        Assert.Equal([root, there], page.Directories.Select(TestBlob.Of), ByDigest);
    }

    [Fact]
    public async Task MissingRoot_IsNotFound() => Assert.Equal(
        StatusCode.NotFound, await FailAsync(new GetTreeRequest { RootDigest = TestTree.Leaf(1).Message }));

    [Theory]
    [InlineData(1, 11)]
    [InlineData(4, 3)]
    [InlineData(11, 1)]
    [InlineData(100, 1)]
    [InlineData(0, 1)]
    public async Task Pages_HaveTheSizeAskedFor_AndEachTokenLeadsOn(int pageSize, int expected)
    {
        var leaves = Enumerable.Range(0, 10).Select(i => Stored(TestTree.Leaf(i))).ToArray();
        var root = Stored(TestBlob.Of(TestTree.Folder(null, leaves)));
        var request = new GetTreeRequest { RootDigest = root.Message, PageSize = pageSize };

        var pages = await _client.TreeAsync(request);

        Assert.Equal(expected, pages.Count);
        Assert.Equal([root, .. leaves], pages.SelectMany(page => page.Directories).Select(TestBlob.Of), ByDigest);
        for (var i = 0; i < pages.Count - 1; i++)
        {
            request.PageToken = pages[i].NextPageToken;
            Assert.Equal(pages.Skip(i + 1), await _client.TreeAsync(request));
        }

        Assert.Equal("", pages[^1].NextPageToken);
    }

    [Fact]
    public async Task Pages_AreNoLargerThanAMessage()
    {
        var leaves = Enumerable.Range(0, 20).Select(i => Stored(TestTree.Leaf(i, nameLength: 1_000_000))).ToArray();
        var root = Stored(TestBlob.Of(TestTree.Folder(null, leaves)));

        var pages = await _client.TreeAsync(new GetTreeRequest { RootDigest = root.Message });

        Assert.Equal(21, pages.Sum(page => page.Directories.Count));
        Assert.All(pages, page => Assert.InRange(page.CalculateSize(), 1, 4 * 1024 * 1024));
    }

    [Fact]
    public async Task LargeFolder_ComesAlone()
    {
        var large = Stored(TestTree.Leaf(1, nameLength: 6_000_000));
        var root = Stored(TestBlob.Of(TestTree.Folder(null, large, Stored(TestTree.Leaf(2)))));

        var pages = await _client.TreeAsync(new GetTreeRequest { RootDigest = root.Message });

        Assert.Equal([1, 1, 1], pages.Select(page => page.Directories.Count));
    }

    [Theory]
    [InlineData("x", 0)]
    [InlineData("-", 0)]
    [InlineData("1-", 0)]
    [InlineData("1-0000000000000000", 0)]
    [InlineData("ROOT0", 0)]
    [InlineData("ROOT-1", 0)]
    [InlineData("ROOT 1", 0)]
    [InlineData("ROOT1000001", 0)]
    [InlineData("ROOT99999999999999999999", 0)]
    [InlineData("", -1)]
    public async Task BadPages_AreRefused(string token, int pageSize)
    {
        var root = Stored(TestTree.Leaf(1));
        var request = new GetTreeRequest { RootDigest = root.Message, PageSize = pageSize, PageToken = token };
        if (token.StartsWith("ROOT", StringComparison.Ordinal))
        {
            request.PageToken = $"{token["ROOT".Length..]}-{root.Digest.Hash[..16]}";
        }

        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(request));
    }

    [Fact]
    public async Task Token_BehindTheEnd_IsAnEmptyPage()
    {
        var root = Stored(TestTree.Leaf(1));

        var page = Assert.Single(await _client.TreeAsync(new GetTreeRequest
        {
            RootDigest = root.Message,
            PageToken = $"7-{root.Digest.Hash[..16]}",
        }));

        Assert.Empty(page.Directories);
    }

    [Fact]
    public async Task DeepTree_IsRefused_AndAShallowerOneIsNot()
    {
        var folder = Stored(TestTree.Leaf(1));
        for (var i = 0; i < 1000; i++)
        {
            folder = Stored(TestBlob.Of(TestTree.Folder(null, folder)));
        }

        var pages = await _client.TreeAsync(new GetTreeRequest { RootDigest = folder.Message });
        Assert.Equal(1001, pages.Sum(page => page.Directories.Count));
        var deeper = Stored(TestBlob.Of(TestTree.Folder(null, folder)));
        Assert.Equal(StatusCode.InvalidArgument, await FailAsync(new GetTreeRequest { RootDigest = deeper.Message }));
    }

    [Fact]
    public async Task FailingStore_EndsTheCall()
    {
        var root = Stored(TestTree.Leaf(1));
        _host.Tier.Fault.Get = CacheErrorKind.Unavailable;

        Assert.Equal(StatusCode.Unavailable, await FailAsync(new GetTreeRequest { RootDigest = root.Message }));
    }

    private static bool ByDigest(TestBlob expected, TestBlob actual) => expected.Digest == actual.Digest;

    private TestBlob Stored(TestBlob blob)
    {
        _host.Set(blob);
        return blob;
    }

    private async Task<StatusCode> FailAsync(GetTreeRequest request) =>
        (await Assert.ThrowsAsync<RpcException>(() => _client.TreeAsync(request))).StatusCode;
}
