using System.Security.Cryptography;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.S3Bench;

/// <summary>GET and PUT of objects, each signed, with a kept-alive connection for each worker.</summary>
internal sealed class ObjectClient : IDisposable
{
    private const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date";

    private readonly HttpClient _client;
    private readonly RequestSigner _signer;
    private readonly Uri _bucket;
    private readonly byte[][] _buffers;

    /// <summary>Makes it; nothing is asked.</summary>
    public ObjectClient(SignedServer server, int workers)
    {
        _bucket = server.Server.Address;
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = workers, UseProxy = false });
        _signer = new RequestSigner(
            new SigningCredentials(server.AccessKey, server.Secret), "us-east-1", new SigningKeyCache());
        _buffers = [.. Enumerable.Range(0, workers).Select(static _ => new byte[64 * 1024])];
    }

    /// <summary>Writes an object.</summary>
    /// <param name="key">Its key, of characters that need no escape.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="isSigned">Whether the signature covers them.</param>
    /// <exception cref="HttpRequestException">The answer is no success.</exception>
    public async Task WriteAsync(string key, byte[] content, bool isSigned)
    {
        var hash = isSigned ? Convert.ToHexStringLower(SHA256.HashData(content)) : Payloads.Unsigned;
        using var request = Signed(HttpMethod.Put, key, hash);
        request.Content = new ByteArrayContent(content);
        using var answer = await _client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Reads an object to its end.</summary>
    /// <param name="worker">Who reads: one request at a time has this number.</param>
    /// <param name="key">Its key.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="HttpRequestException">The answer is no success.</exception>
    public async Task<long> ReadAsync(int worker, string key)
    {
        using var request = Signed(HttpMethod.Get, key, Payloads.Empty);
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var size = 0L;
        int count;
        while ((count = await body.ReadAsync(_buffers[worker])) > 0)
        {
            size += count;
        }

        return size;
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Signed(HttpMethod method, string key, string payloadHash)
    {
        var uri = new Uri(_bucket, key);
        var time = TimeProvider.System.GetUtcNow();
        ClientHeaders headers = new(uri.Authority, payloadHash, AmzDate.Format(time));
        var signature = _signer.Sign(
            new SignableRequest(method.Method, uri.AbsolutePath, "", headers), SignedHeaders, payloadHash, time);
        HttpRequestMessage request = new(method, uri);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payloadHash);
        request.Headers.TryAddWithoutValidation("x-amz-date", headers.Date);
        request.Headers.TryAddWithoutValidation("Authorization", signature.Authorization);
        return request;
    }

    private sealed record ClientHeaders(string Host, string PayloadHash, string Date) : IRequestHeaders
    {
        public IEnumerable<string> Names => ["host", "x-amz-content-sha256", "x-amz-date"];

        public HeaderValues Get(string name) => name switch
        {
            "host" => new HeaderValues(Host),
            "x-amz-content-sha256" => new HeaderValues(PayloadHash),
            "x-amz-date" => new HeaderValues(Date),
            _ => default,
        };
    }
}
