using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Says what is served, and within which limits.</summary>
internal sealed class CapabilitiesService(ServerServices services, RpcDoor door)
{
    private readonly RequestCheck _check = new(door);

    /// <summary>Its method, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(RemoteMethods.GetCapabilities, GetAsync)
        .Build();

    private Task<ServerCapabilities> GetAsync(GetCapabilitiesRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.None, request.InstanceName);

        // Nothing is said of execution: a cache that says "disabled" makes some clients think that it was meant to be.
        return Task.FromResult(new ServerCapabilities
        {
            DeprecatedApiVersion = new() { Major = 2, Minor = 0 },
            LowApiVersion = new() { Major = 2, Minor = 0 },
            HighApiVersion = new() { Major = 2, Minor = 12 },
            CacheCapabilities = new CacheCapabilities
            {
                DigestFunctions = { DigestFunction.Types.Value.Sha256 },
                ActionCacheUpdateCapabilities = new() { UpdateEnabled = call.Principal.May(Permissions.Write) },
                MaxBatchTotalSizeBytes = BlobLimit.AnnouncedBatch,
                SymlinkAbsolutePathStrategy = SymlinkAbsolutePathStrategy.Types.Value.Allowed,
                SupportedCompressors = { Compressor.Types.Value.Zstd },
                SupportedBatchUpdateCompressors = { Compressor.Types.Value.Zstd },
                MaxCasBlobSizeBytes = services.Options.MaxArtifactSize,
                SplitBlobSupport = call.Principal.May(Permissions.Read),
                SpliceBlobSupport = call.Principal.May(Permissions.Write),
                FastCdc2020Params = new() { AvgChunkSizeBytes = FastCdc2020.DefaultAverage, Seed = 0 },
            },
        });
    }
}
