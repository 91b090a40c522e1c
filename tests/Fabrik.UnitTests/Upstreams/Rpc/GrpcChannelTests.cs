using Fabrik.Upstreams.Rpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class GrpcChannelTests
{
    [Theory]
    [InlineData("http://localhost:7070", "localhost:7070")]
    [InlineData("https://cache.example/", "cache.example")]
    [InlineData("http://[::1]:1", "[::1]:1")]
    public void ForAddress_OfAServer_HasItsTarget(string address, string target)
    {
        using var channel = GrpcChannel.ForAddress(address);
        Assert.Equal(target, channel.Target);
    }

    [Theory]
    [InlineData("grpc://localhost:7070")]
    [InlineData("http://localhost/path")]
    [InlineData("http://localhost/?query")]
    [InlineData("http://user:password@localhost")]
    public void ForAddress_OfSomethingElse_SaysWhatIsExpectedWithoutItsSecrets(string address)
    {
        var exception = Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(address));
        Assert.Contains("http://name:port", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForAddress_TokensInTheClear_OnlyIfThatIsAskedFor()
    {
        var options = new GrpcChannelOptions { TokenProvider = static _ => new ValueTask<string?>("x") };
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("http://localhost", options));
        using var secure = GrpcChannel.ForAddress("https://localhost", options);
        using var asked = GrpcChannel.ForAddress(
            "http://localhost", options with { UnsafeUseInsecureChannelCallCredentials = true });
    }
}
