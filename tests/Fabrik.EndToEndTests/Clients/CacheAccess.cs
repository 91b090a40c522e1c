using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>Where a build finds its cache, and what it shows there.</summary>
/// <param name="Address">Of the listener that build tools share.</param>
/// <param name="Token">The token.</param>
/// <param name="GrpcPort">The port of Bazel's gRPC on this machine.</param>
internal sealed record CacheAccess(Uri Address, string Token, int GrpcPort = 0)
{
    /// <summary>The address of the S3 API.</summary>
    public Uri S3Address { get; private init; } = new("http://127.0.0.1:0");

    public static CacheAccess To(FabrikServer server, string token) =>
        new(server.Address, token, server.Ports.Grpc) { S3Address = server.S3Address };
}
