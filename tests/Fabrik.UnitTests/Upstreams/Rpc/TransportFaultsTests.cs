using System.Net.Sockets;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Rpc;

public class TransportFaultsTests
{
    public static TheoryData<Exception, StatusCode> Faults => new()
    {
        { new HttpRequestException(HttpRequestError.NameResolutionError, "x"), StatusCode.Unavailable },
        { new HttpRequestException(HttpRequestError.ConnectionError, "x"), StatusCode.Unavailable },
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "x"), StatusCode.Unavailable },
        { new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, "x"), StatusCode.ResourceExhausted },
        { new HttpRequestException("x", new IOException("y")), StatusCode.Unavailable },
        { new HttpRequestException("x", new HttpProtocolException(7, "stream", null)), StatusCode.Unavailable },
        { new HttpProtocolException(8, "stream", null), StatusCode.Cancelled },
        { new HttpProtocolException(11, "stream", null), StatusCode.ResourceExhausted },
        { new HttpProtocolException(12, "stream", null), StatusCode.PermissionDenied },
        { new HttpProtocolException(1, "stream", null), StatusCode.Internal },
        { new HttpProtocolException(1, "server closed the connection", null), StatusCode.Unavailable },
        { new HttpIOException(HttpRequestError.ResponseEnded, "x"), StatusCode.Unavailable },
        { new IOException("x", new SocketException()), StatusCode.Unavailable },
        { new TaskCanceledException("x", new TimeoutException("too long")), StatusCode.Unavailable },
        { new TaskCanceledException("x"), StatusCode.Unavailable },
        { new ObjectDisposedException("x"), StatusCode.Cancelled },
        { new InvalidOperationException("x"), StatusCode.Internal },
        { new RpcException(new Status(StatusCode.DataLoss, "x")), StatusCode.DataLoss },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void ToStatus_OfAFault_HasItsCodeAndItsText(Exception fault, StatusCode expected)
    {
        var status = TransportFaults.ToStatus(fault);
        Assert.Equal(expected, status.StatusCode);
        Assert.NotEmpty(status.Detail);
    }

    [Fact]
    public void ToStatus_OfAConnectThatTakesTooLong_SaysSo() => Assert.Contains(
        "no connection within the time",
        TransportFaults.ToStatus(new TaskCanceledException("x", new TimeoutException("y"))).Detail,
        StringComparison.Ordinal);
}
