using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>What the server says of itself.</summary>
public sealed class CapabilitiesTests : IAsyncLifetime
{
    private RemoteHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RemoteHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Capabilities_OfACache_AreThoseServed()
    {
        var said = await _host.Connect().CapabilitiesAsync();

        Assert.Equal((2, 0), (said.LowApiVersion.Major, said.LowApiVersion.Minor));
        Assert.Equal((2, 12), (said.HighApiVersion.Major, said.HighApiVersion.Minor));
        Assert.Null(said.ExecutionCapabilities);
        var cache = said.CacheCapabilities;
        Assert.Equal([DigestFunction.Types.Value.Sha256], cache.DigestFunctions);
        Assert.Equal([Compressor.Types.Value.Zstd], cache.SupportedCompressors);
        Assert.Equal([Compressor.Types.Value.Zstd], cache.SupportedBatchUpdateCompressors);
        Assert.Equal(SymlinkAbsolutePathStrategy.Types.Value.Allowed, cache.SymlinkAbsolutePathStrategy);
        Assert.Equal(RemoteHost.MaxBlob, cache.MaxCasBlobSizeBytes);
        Assert.Equal(3 * 1024 * 1024, cache.MaxBatchTotalSizeBytes);
        Assert.Null(cache.CachePriorityCapabilities);
        Assert.True(cache.SplitBlobSupport && cache.SpliceBlobSupport);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("rw", true)]
    [InlineData("ro", false)]
    public async Task Updates_AreEnabled_ForWritersOnly(string? token, bool expected)
    {
        var said = await _host.Connect(token).CapabilitiesAsync();

        Assert.Equal(expected, said.CacheCapabilities.ActionCacheUpdateCapabilities.UpdateEnabled);
    }

    [Fact]
    public async Task Stranger_IsToldNothing()
    {
        _host.Authenticator.Open = false;

        var status = await _host.Connect().FailAsync(RemoteMethods.GetCapabilities, new GetCapabilitiesRequest());

        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
    }

    [Fact]
    public async Task Instance_WithAReservedSegment_IsRefused()
    {
        var status = await _host.Connect().FailAsync(
            RemoteMethods.GetCapabilities, new GetCapabilitiesRequest { InstanceName = "a/blobs" });

        Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
    }
}
