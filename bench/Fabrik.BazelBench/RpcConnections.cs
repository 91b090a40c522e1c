using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;

namespace Fabrik.BazelBench;

/// <summary>A few HTTP/2 connections, each with the same number of workers.</summary>
internal sealed class RpcConnections : IDisposable
{
    /// <summary>How many there are.</summary>
    public const int Count = 4;

    private readonly GrpcChannel[] _channels;

    public RpcConnections(Uri server)
    {
        Uri address = new($"http://{server.Authority}");
        GrpcChannelOptions options = new() { MaxConnections = 1, MaxReceiveMessageSize = 64 * 1024 * 1024 };
        _channels = [.. Enumerable.Range(0, Count).Select(_ => GrpcChannel.ForAddress(address, options))];
    }

    /// <summary>The connection of a worker.</summary>
    public CallInvoker Of(int worker) => _channels[worker % Count].CreateCallInvoker();

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }
}
