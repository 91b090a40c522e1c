using System.Text.Json;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>The ports that a server or daemon took, as it wrote them when it was ready; 0 for what it does not
/// serve.</summary>
internal sealed record ServerPorts(int Http, int Metrics, int Health, int Fabrik)
{
    /// <summary>Bazel's gRPC.</summary>
    public int Grpc { get; init; }

    /// <summary>The S3 API.</summary>
    public int S3 { get; init; }

    /// <summary>The caching proxy in front of buckets.</summary>
    public int S3Proxy { get; init; }

    /// <summary>The memcached proxy's listener of the name <c>main</c>.</summary>
    public int Memcached { get; init; }

    /// <summary>Waits for the file, which appears whole.</summary>
    /// <exception cref="InvalidOperationException">The process ended before; the text has its log.</exception>
    public static async Task<ServerPorts> DiscoverAsync(string file, ChildProcess process)
    {
        await Poll.UntilAsync(
            () => File.Exists(file) || process.HasExited,
            () => $"there is no {file}. The server's log:\n{process.Everything}");
        if (!File.Exists(file))
        {
            await process.WaitAsync(Poll.Limit);
            throw new InvalidOperationException($"The server ended while it started. Its log:\n{process.Everything}");
        }
        return Read(file);
    }

    public static ServerPorts Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        int Port(string purpose) =>
            document.RootElement.TryGetProperty(purpose, out var port) ? port.GetInt32() : 0;
        return new ServerPorts(Port("http"), Port("metrics"), Port("health"), Port("fabrik"))
        {
            Grpc = Port("grpc"),
            S3 = Port("s3"),
            S3Proxy = Port("s3-proxy"),
            Memcached = Port("memcached-main"),
        };
    }
}
