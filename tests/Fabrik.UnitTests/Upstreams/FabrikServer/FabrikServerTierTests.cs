using Fabrik.Upstreams.FabrikServer;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.FabrikServer;

/// <summary>Which options make a tier.</summary>
public sealed class FabrikServerTierTests
{
    [Theory]
    [InlineData("grpc://cache.example.com")]
    [InlineData("grpc://cache.example.com/")]
    [InlineData("grpcs://cache.example.com:7071")]
    [InlineData("grpc://[::1]:7070")]
    public async Task Address_OfAServer_IsTaken(string address)
    {
        await using var tier = FabrikServerTier.Create(Options(address));

        Assert.Equal("layer2", tier.Name);
    }

    [Theory]
    [InlineData("http://cache.example.com")]
    [InlineData("grpc://cache.example.com/path")]
    [InlineData("grpc://cache.example.com?a=b")]
    [InlineData("grpc://user:password@cache.example.com")]
    public void Address_OfAnythingElse_IsRefusedWithoutShowingIt(string address)
    {
        var error = Assert.Throws<ArgumentException>(() => FabrikServerTier.Create(Options(address)));

        Assert.Contains("grpc://host:port", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((16 * 1024) - 1)]
    [InlineData((1024 * 1024) + 1)]
    public void ChunkSize_OutOfItsLimits_IsRefused(int size) => Assert.Throws<ArgumentException>(
        () => FabrikServerTier.Create(Options("grpc://cache.example.com") with { ChunkSize = size }));

    private static FabrikServerOptions Options(string address) => new() { Name = "layer2", Address = new Uri(address) };
}
