using Fabrik.Wire.Grpc;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using RpcStatus = Fabrik.Wire.Protos.Google.Rpc.Status;
using Status = Fabrik.Wire.Grpc.Status;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class StatusFieldsTests
{
    [Fact]
    public void Code_OfEveryStatus_IsReadAgain() => Assert.All(System.Enum.GetValues<StatusCode>(), code =>
    {
        Assert.True(StatusFields.TryParse(StatusFields.Format(code), out var again));
        Assert.Equal(code, again);
    });

    [Theory]
    [InlineData("17", true)]
    [InlineData("4000000", true)]
    [InlineData("", false)]
    [InlineData("-1", false)]
    [InlineData("OK", false)]
    [InlineData("99999999999", false)]
    public void Code_WithoutAName_IsUnknown(string value, bool isNumber)
    {
        Assert.Equal(isNumber, StatusFields.TryParse(value, out var code));
        Assert.Equal(StatusCode.Unknown, code);
    }

    [Theory]
    [InlineData(200, StatusCode.Unknown)]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(431, StatusCode.Internal)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    public void HttpStatus_WithoutAGrpcStatus_HasACode(int status, StatusCode expected) =>
        Assert.Equal(expected, StatusFields.FromHttpStatus(status));

    [Theory]
    [InlineData(0x0, StatusCode.Internal)]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xB, StatusCode.ResourceExhausted)]
    [InlineData(0xC, StatusCode.PermissionDenied)]
    [InlineData(0xFF, StatusCode.Unknown)]
    public void Reset_OfAStream_HasACode(long error, StatusCode expected) =>
        Assert.Equal(expected, StatusFields.FromHttp2Error(error));

    [Fact]
    public void Details_InTrailers_AreFoundAgain()
    {
        var trailers = new Metadata();
        var status = new RpcStatus
        {
            Code = 9,
            Message = "violated",
            Details = { Any.Pack(new Duration { Seconds = 5 }) },
        };
        StatusDetails.Add(trailers, status);

        Assert.True(StatusDetails.TryGet(trailers, out var again));
        Assert.Equal(status, again);
        Assert.Equal(5, again.Details[0].Unpack<Duration>().Seconds);
        Assert.Throws<ArgumentException>(() => StatusDetails.Add(
            trailers, new RpcStatus { Message = new string('x', StatusDetails.MaxSize) }));
    }

    [Fact]
    public void Details_ThatAreNoMessage_AreNone()
    {
        Metadata trailers = [new(GrpcFields.StatusDetails, [0xFF, 0xFF])];

        Assert.False(StatusDetails.TryGet(trailers, out _));
        Assert.False(StatusDetails.TryGet(Metadata.Empty, out _));
    }

    [Fact]
    public void Exception_OfACall_SaysItsStatus()
    {
        var inner = new IOException("broken");
        var exception = new RpcException(new Status(StatusCode.Internal, "no", inner));

        Assert.Equal(StatusCode.Internal, exception.StatusCode);
        Assert.Same(inner, exception.InnerException);
        Assert.Empty(exception.Trailers);
        Assert.Contains("StatusCode=\"Internal\", Detail=\"no\"", exception.Message, StringComparison.Ordinal);
    }
}
