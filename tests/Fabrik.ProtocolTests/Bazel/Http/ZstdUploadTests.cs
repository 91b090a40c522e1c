using Fabrik.ProtocolTests.Serving;
using Fabrik.Server;
using Xunit;
using Frames = Fabrik.ProtocolTests.Bazel.ByteStream.Blob;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Blobs that come as zstd: what they hold is stored, and checked.</summary>
public sealed class ZstdUploadTests : IAsyncLifetime
{
    private const int MaxBlob = 1_000_000;
    private const int Size = 600_000;

    private static readonly TestBlob Large = TestBlob.Random(Size);
    private static readonly string Path = BazelPaths.Of(Large.Bytes);

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(new ServerOptions { MaxArtifactSize = MaxBlob });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("600000")]
    [InlineData(null)]
    public async Task Blob_ThatCameAsFrames_IsReadAsItIs(string? size)
    {
        byte[] frames = [.. Frames.Compress(Large.Bytes[..1000]), .. Frames.Compress(Large.Bytes[1000..])];

        Assert.Equal((200, ""), await PutAsync(Path, frames, size));
        Assert.Equal(Large.Bytes, await _server.Client.GetByteArrayAsync(Path));
    }

    [Theory]
    [InlineData("599999", 400)]
    [InlineData("600001", 400)]
    [InlineData("-1", 400)]
    [InlineData("many", 400)]
    [InlineData("99999999999999999999", 400)]
    [InlineData("1000001", 413)]
    public async Task Size_ThatIsNotThatOfTheBlob_IsRefused(string size, int expected)
    {
        var (status, text) = await PutAsync(Path, Frames.Compress(Large.Bytes), size);

        Assert.Equal(expected, status);
        Assert.True(text.Length > 0);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Frames_ThatHoldSomethingElse_StoreNothing()
    {
        var other = TestBlob.Random(Size - 1);

        Assert.Equal(400, (await PutAsync(Path, Frames.Compress(other.Bytes), null)).Status);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Frames_ThatAreNoneOrCutOff_StoreNothing()
    {
        var frames = Frames.Compress(Large.Bytes);

        Assert.Contains("no zstd frames", (await PutAsync(Path, Large.Bytes, null)).Text);
        Assert.Contains("within a zstd frame", (await PutAsync(Path, frames[..^1], null)).Text);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Frames_ThatHoldMoreThanABlobMay_AreTooLarge()
    {
        var bomb = new byte[100 * MaxBlob];

        Assert.Equal(413, (await PutAsync(BazelPaths.Of(bomb), Frames.Compress(bomb), null)).Status);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Fact]
    public async Task Frames_WithoutContent_EndSomewhere()
    {
        var nothing = Frames.Compress([]);
        var many = string.Concat(Enumerable.Repeat(System.Text.Encoding.Latin1.GetString(nothing), 20_000));
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync(
            $"PUT {Path} HTTP/1.1\r\nHost: any.example\r\n"
            + "Content-Encoding: zstd\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var sent = 0; sent <= 3 * (MaxBlob + 1024 * 1024); sent += many.Length)
        {
            await connection.SendAsync($"{many.Length:x}\r\n{many}\r\n");
        }

        await connection.SendAsync("0\r\n\r\n");

        var answer = await connection.ReadAnswerAsync();
        Assert.Equal(400, answer.Status);
        Assert.Contains("far more", answer.Body);
    }

    [Fact]
    public async Task EmptyBlob_AsAFrame_IsThereAndNotStored()
    {
        const string Empty = $"/cas/{BazelPaths.EmptyHash}";

        Assert.Equal(200, (await PutAsync(Empty, Frames.Compress([]), "0")).Status);
        Assert.Equal(200, (await PutAsync(Empty, Frames.Compress([]), null)).Status);
        Assert.Equal(400, (await PutAsync(Empty, Frames.Compress([1]), null)).Status);
        Assert.Equal(0, _server.Tier.Puts);
    }

    private async Task<(int Status, string Text)> PutAsync(string path, byte[] frames, string? size)
    {
        (string, string)[] headers = size is null
            ? [("Content-Encoding", "zstd")]
            : [("Content-Encoding", "zstd"), ("X-Digest-SizeBytes", size)];
        using var response = await _server.SendAsync("PUT", path, frames, headers: headers);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
