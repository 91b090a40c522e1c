using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fabrik.Testing;
using Fabrik.Testing.GitHubCache;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>
/// What sccache 0.17 was recorded to send, sent to the double again: protobuf over Twirp, with lengths and first bytes
/// as they were. So the double takes what a client takes that is not ours.
/// </summary>
public sealed class RecordedClientTests : IAsyncLifetime
{
    private const string Check = "sccache/.sccache_check";
    private const string Object = "sccache/3/8/0/380a501dbff466c028e2c2288b19313c9869fd648f98bab8a606d2166bcd1549";

    private readonly string _version = new('0', 64);
    private GitHubCacheServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GitHubCacheServer.StartAsync(new TestClock());
        _client = new HttpClient { BaseAddress = _server.Url };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GetCacheEntryDownloadURL", 4, Check, 90, "1216736363616368")]
    [InlineData("CreateCacheEntry", 3, Check, 90, "1216736363616368")]
    [InlineData("GetCacheEntryDownloadURL", 4, Object, 146, "124e736363616368")]
    public async Task Request_OfARealClient_IsUnderstood(string method, int field, string key, int length, string head)
    {
        var request = Request(key, field);
        Assert.Equal(length, request.Length);
        Assert.StartsWith(head, Convert.ToHexStringLower(request), StringComparison.Ordinal);

        using var response = await CallAsync(method, request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/protobuf", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Conversation_InProtobuf_StoresAnEntry()
    {
        using var created = await CallAsync("CreateCacheEntry", Request(Check, 3));
        using var upload = new HttpRequestMessage(HttpMethod.Put, UrlIn(await created.Content.ReadAsByteArrayAsync()));
        upload.Headers.Add("x-ms-blob-type", "BlockBlob");
        upload.Content = new ByteArrayContent([1, 2, 3]);
        using var uploaded = await _client.SendAsync(upload);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);

        using var finished = await CallAsync(
            "FinalizeCacheEntryUpload", [.. Text(2, Check), 3 << 3, 3, .. Text(4, _version)]);
        Assert.Equal(HttpStatusCode.OK, finished.StatusCode);

        using var found = await CallAsync("GetCacheEntryDownloadURL", Request(Check, 4));
        var bytes = await _client.GetByteArrayAsync(UrlIn(await found.Content.ReadAsByteArrayAsync()));
        Assert.Equal([1, 2, 3], bytes);
    }

    private static byte[] Text(int field, string text) =>
        [(byte)((field << 3) | 2), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    // Field 1 is the number one, field 2 a text with a length of two bytes or less.
    private static string UrlIn(byte[] answer)
    {
        Assert.Equal([1 << 3, 1, (2 << 3) | 2], answer[..3]);
        var isLong = answer[3] >= 0x80;
        var length = isLong ? (answer[3] & 0x7f) | (answer[4] << 7) : answer[3];
        return Encoding.ASCII.GetString(answer, isLong ? 5 : 4, length);
    }

    private byte[] Request(string key, int versionField) => [.. Text(2, key), .. Text(versionField, _version)];

    private async Task<HttpResponseMessage> CallAsync(string method, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/protobuf");
        return await _client.PostAsync($"twirp/github.actions.results.api.v1.CacheService/{method}", content);
    }
}
