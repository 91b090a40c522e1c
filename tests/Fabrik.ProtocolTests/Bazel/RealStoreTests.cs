using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>The same over a store on disk.</summary>
public sealed class RealStoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("fabrik-remote-");
    private RemoteHost _host = null!;
    private RemoteClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RemoteHost.StartAsync(_folder.FullName);
        _client = _host.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Blobs_OfEverySize_ComeBack()
    {
        TestBlob[] blobs = [.. new[] { 1, 100, 5000, 60_000, 200_000, 1_500_000 }.Select(TestBlob.Random),
            TestBlob.Of(new string('a', 500_000))];
        foreach (var batch in blobs.Chunk(3))
        {
            await _client.UploadAsync(batch);
        }

        Assert.Empty(await _client.FindMissingAsync(blobs));
        foreach (var blob in blobs)
        {
            Assert.Equal(blob.Bytes, (await _client.ReadAsync(blob.Message))[0].Data.ToByteArray());
        }
    }

    [Fact]
    public async Task TenThousandDigests_AreOneQuestion()
    {
        TestBlob[] blobs = [.. Enumerable.Range(0, 10_000).Select(i => TestBlob.Of($"{i}"))];
        await _client.UploadAsync(blobs[..5000]);

        Assert.Equal(blobs[5000..].Select(blob => blob.Message), await _client.FindMissingAsync(blobs));
        Assert.Single(_host.Asked.Questions);
    }

    [Fact]
    public async Task Result_WithATree_IsServedUntilABlobOfItGoes()
    {
        var (action, file) = (TestBlob.Of("action"), TestBlob.Random(100_000));
        var tree = TestBlob.Of(new Tree
        {
            Root = TestTree.Folder(),
            Children = { Enumerable.Range(0, 3000).Select(_ => TestTree.Folder([file])) },
        });
        await _client.UploadAsync(file, tree);
        var result = new ActionResult
        {
            OutputDirectories = { new OutputDirectory { Path = "d", TreeDigest = tree.Message } },
        };
        await _client.UpdateActionAsync(action, result);

        Assert.Equal(result, await _client.FindActionAsync(action));
        await _host.EvictAsync(file);
        Assert.Null(await _client.FindActionAsync(action));
        Assert.Equal(1, _host.Incomplete);
    }
}
