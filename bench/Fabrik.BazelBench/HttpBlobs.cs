using Fabrik.Wire.Bazel;

namespace Fabrik.BazelBench;

/// <summary>GET and PUT of Bazel's HTTP protocol, with a kept-alive connection for each worker.</summary>
internal sealed class HttpBlobs(Uri folder, int workers) : IBlobClient
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = workers });
    private readonly byte[][] _buffers = [.. Enumerable.Range(0, workers).Select(static _ => new byte[64 * 1024])];

    public async Task WriteAsync(int worker, BlobDigest digest, byte[] content)
    {
        using ByteArrayContent body = new(content);
        using var answer = await _client.PutAsync(new Uri(folder, digest.Hash), body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<long> ReadAsync(int worker, BlobDigest digest)
    {
        using var answer = await _client.GetAsync(
            new Uri(folder, digest.Hash), HttpCompletionOption.ResponseHeadersRead);
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
}
