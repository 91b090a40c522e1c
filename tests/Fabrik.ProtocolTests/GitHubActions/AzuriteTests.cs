using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.ProtocolTests.HttpUpstream;
using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>
/// The blobs behind signed URLs, at Azure's own emulator: the npm package azurite, which is too large to be installed
/// for each run (docs/testing.md).
/// </summary>
public sealed class AzuriteTests : IAsyncLifetime
{
    private const int BlockSize = 10_000;
    private const string Account = "devstoreaccount1";

    // Not a secret: the one that all emulators have (Azurite's README).
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fabrik-azurite-");
    private readonly HttpMessageInvoker _link = HttpLink.Open(new HttpLinkOptions());
    private NodeProgram? _azurite;
    private string _url = "";
    private BlobClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = new BlobClient(_link, TimeProvider.System, BlockSize);
        _azurite = NodeProgram.Start(
            "azurite",
            _folder.FullName,
            [
                NodeProgram.FileOf("azurite", "dist/src/blob/main.js"),
                "--inMemoryPersistence", "--blobPort", "0", "--disableTelemetry",
            ]);
        var line = await _azurite.WaitForAsync("listens on");
        _url = $"{line[line.IndexOf("http", StringComparison.Ordinal)..].Trim().TrimEnd('/')}/{Account}";
        using var http = new HttpClient();
        using var created = await http.PutAsync(Signed("/cache", 1, "&restype=container"), null);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(BlockSize)]
    [InlineData(BlockSize + 1)]
    [InlineData((12 * BlockSize) + 5)]
    public async Task Blob_ComesBackAsItWent(int length)
    {
        var expected = StoreProbe.Bytes(length);
        var url = Signed("/cache/a");
        Assert.True((await _client.GetAsync(url, ObjectRange.All, CancellationToken.None)).IsMissing);

        var put = await PutAsync(url, expected);
        Assert.True(put.TryGet(out _, out var error), error?.Message);

        Assert.Equal(expected, await ReadAsync(url, 0));
        Assert.Equal(expected[(length / 2)..], await ReadAsync(url, length / 2));
        Assert.Empty(await ReadAsync(url, length));
    }

    [Fact(Explicit = true)]
    public async Task Signature_ThatHasEnded_IsNoticed()
    {
        await PutAsync(Signed("/cache/a"), StoreProbe.Bytes(10));
        var ended = Signed("/cache/a", hours: -1);

        Assert.True((await _client.GetAsync(ended, ObjectRange.All, CancellationToken.None)).IsExpired);
        Assert.Equal(CacheErrorKind.Denied, (await PutAsync(ended, StoreProbe.Bytes(10))).Error?.Kind);
        Assert.Equal(CacheErrorKind.Denied, (await PutAsync(ended, StoreProbe.Bytes(3 * BlockSize))).Error?.Kind);
    }

    [Fact(Explicit = true)]
    public async Task Source_ThatBreaks_LeavesNoBlob()
    {
        foreach (var length in (int[])[BlockSize, 3 * BlockSize])
        {
            var url = Signed($"/cache/broken-{length}");
            var body = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            await body.Writer.WriteAsync(StoreProbe.Bytes(length));
            await body.Writer.CompleteAsync(new InvalidDataException("damaged"));
            var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, body.Reader, length);

            await Assert.ThrowsAsync<InvalidDataException>(
                async () => await _client.PutAsync(url, content, CancellationToken.None));

            Assert.True((await _client.GetAsync(url, ObjectRange.All, CancellationToken.None)).IsMissing);
        }
    }

    private async Task<CacheResult<Unit>> PutAsync(Uri url, byte[] bytes)
    {
        using var body = new MemoryStream(bytes);
        var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, PipeReader.Create(body), bytes.Length);
        return await _client.PutAsync(url, content, CancellationToken.None);
    }

    private async Task<byte[]> ReadAsync(Uri url, long offset)
    {
        var read = await _client.GetAsync(url, new ObjectRange(offset, null), CancellationToken.None);
        Assert.True(read.Body is not null, read.Error?.Message);
        await using var body = read.Body;
        return await body.ReadAllAsync();
    }

    /// <summary>A URL with an account's signature over all it may do (Azure, "Create an account SAS").</summary>
    private Uri Signed(string path, int hours = 1, string query = "")
    {
        var end = (TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(hours))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var text = $"{Account}\nrwdlac\nb\nco\n\n{end}\n\n\n2021-08-06\n\n";
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        return new Uri($"{_url}{path}?sv=2021-08-06&ss=b&srt=co&sp=rwdlac&se={Uri.EscapeDataString(end)}"
            + $"&sig={Uri.EscapeDataString(signature)}{query}");
    }
}
