using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>S3 servers that are not ours, for several classes; each starts when it is first asked for.</summary>
public sealed class S3Origins : IAsyncDisposable
{
    /// <summary>npm's s3rver.</summary>
    public const string S3rver = "s3rver";

    /// <summary>Ceph's object gateway.</summary>
    public const string Radosgw = "radosgw";

    private readonly Sandbox _sandbox = new();
    private readonly Dictionary<string, S3Origin> _started = new(StringComparer.Ordinal);
    private CephCluster? _cluster;

    /// <summary>The one that all tests share.</summary>
    internal async Task<S3Origin> GetAsync(string name)
    {
        if (!_started.TryGetValue(name, out var origin))
        {
            _started[name] = origin = await StartAsync(name);
        }

        return origin;
    }

    /// <summary>One more, which a test may end; those of Ceph have the same objects.</summary>
    internal async Task<S3Origin> StartAsync(string name)
    {
        if (name == S3rver)
        {
            return await S3Origin.StartS3rverAsync(_sandbox);
        }

        _cluster ??= await CephCluster.StartAsync(_sandbox);
        return await _cluster.StartGatewayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var origin in _started.Values)
        {
            await origin.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _sandbox.Dispose();
    }
}
