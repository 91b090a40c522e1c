using System.Security.Cryptography.X509Certificates;
using Fabrik.Upstreams.Rpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class ChannelHandlerTests
{
    private static readonly Uri Plain = new("http://localhost");
    private static readonly Uri Secure = new("https://localhost");

    [Fact]
    public void Make_WithDefaults_FollowsAddressesAndNoticesSilence()
    {
        using var handler = ChannelHandler.Make(new GrpcChannelOptions(), Plain);
        Assert.Equal(TimeSpan.FromMinutes(2), handler.PooledConnectionLifetime);
        Assert.Equal(TimeSpan.FromSeconds(5), handler.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), handler.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(10), handler.KeepAlivePingTimeout);
        Assert.Equal(HttpKeepAlivePingPolicy.Always, handler.KeepAlivePingPolicy);
        Assert.Equal(1024 * 1024, handler.InitialHttp2StreamWindowSize);
        Assert.True(handler.EnableMultipleHttp2Connections);
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
    }

    [Fact]
    public void Make_OneConnection_MakesNoOther()
    {
        using var handler = ChannelHandler.Make(new GrpcChannelOptions { MaxConnections = 1 }, Plain);
        Assert.False(handler.EnableMultipleHttp2Connections);
        Assert.Equal(1, handler.MaxConnectionsPerServer);
    }

    [Fact]
    public void Make_Proxy_IsForTlsOnly()
    {
        using var plain = ChannelHandler.Make(new GrpcChannelOptions(), Plain);
        using var secure = ChannelHandler.Make(new GrpcChannelOptions(), Secure);
        Assert.False(plain.UseProxy);
        Assert.True(secure.UseProxy);
    }

    [Fact]
    public void Make_WithoutAuthorities_LeavesTrustToTheSystem()
    {
        using var handler = ChannelHandler.Make(new GrpcChannelOptions(), Secure);
        Assert.Null(handler.SslOptions.CertificateChainPolicy);
        Assert.Null(handler.SslOptions.RemoteCertificateValidationCallback);
        Assert.Equal(X509RevocationMode.NoCheck, handler.SslOptions.CertificateRevocationCheckMode);
    }
}
