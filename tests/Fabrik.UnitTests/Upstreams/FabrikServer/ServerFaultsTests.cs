using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Upstreams.FabrikServer;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.FabrikServer;

/// <summary>The table of the server and that of the client are each other's inverse.</summary>
public sealed class ServerFaultsTests
{
    public static TheoryData<CacheErrorKind> Kinds => [.. Enum.GetValues<CacheErrorKind>()];

    public static TheoryData<StatusCode> Codes => [.. Enum.GetValues<StatusCode>()];

    [Fact]
    public void Trailer_OfBothSides_HasOneName() =>
        Assert.Equal(RpcAnswers.KindField, FabrikContract.ErrorTrailer, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Kind_ThatAServerTells_IsTheKindThatIsRead(CacheErrorKind kind)
    {
        foreach (var source in Enum.GetValues<CacheErrorSource>())
        {
            var told = RpcAnswers.ExceptionOf(new CacheError(kind, source, "the disk is full"));

            var read = ServerFaults.ToError("layer2", told);

            Assert.Equal(kind, read.Kind);
            Assert.Equal(CacheErrorSource.Upstream, read.Source);
            Assert.EndsWith(": the disk is full", read.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Status_WithoutTheTrailer_MeansAKindThatHasThatStatus(CacheErrorKind kind)
    {
        var code = RpcAnswers.StatusOf(new CacheError(kind, CacheErrorSource.Internal, "")).StatusCode;

        var guessed = ServerFaults.KindOf(code);

        Assert.Equal(code, RpcAnswers.StatusOf(new CacheError(guessed, CacheErrorSource.Internal, "")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Status_OfAnyOtherServer_MeansSomething(StatusCode code)
    {
        var error = ServerFaults.ToError("layer2", new RpcException(
            new Status(code, new string('x', 10_000)), new Metadata { { FabrikContract.ErrorTrailer, "unheard_of" } }));

        Assert.Equal(ServerFaults.KindOf(code), error.Kind);
        Assert.True(error.Message.Length < 400);
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated, CacheErrorKind.Denied)]
    [InlineData(StatusCode.PermissionDenied, CacheErrorKind.Denied)]
    [InlineData(StatusCode.DeadlineExceeded, CacheErrorKind.Timeout)]
    [InlineData(StatusCode.Unavailable, CacheErrorKind.Unavailable)]
    [InlineData(StatusCode.Unimplemented, CacheErrorKind.Io)]
    public void Status_WithoutTheTrailer_IsReadByItself(StatusCode code, CacheErrorKind kind) =>
        Assert.Equal(kind, ServerFaults.KindOf(code));

    [Fact]
    public void Refusal_OfAToken_SaysWhyAndByWhichClock()
    {
        var refused = new RpcException(new Status(StatusCode.Unauthenticated, "a valid token is required"), new Metadata
        {
            { "www-authenticate", "Bearer realm=\"x\", error=\"invalid_token\", error_description=\"it has expired\"" },
            { "www-authenticate", "Basic realm=\"x\"" },
            { "date", "Sun, 06 Nov 1994 08:49:37 GMT" },
        });

        var error = ServerFaults.ToError("layer2", refused);

        Assert.EndsWith(": it has expired", error.Message, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), ServerFaults.ClockOf(error));
    }

    [Theory]
    [InlineData("Bearer error_description=\"")]
    [InlineData("Bearer error_description=\"\"")]
    [InlineData("Negotiate")]
    public void Refusal_WithoutAReasonOrADate_SaysWhatTheStatusSays(string challenge)
    {
        var error = ServerFaults.ToError("layer2", new RpcException(
            new Status(StatusCode.Unauthenticated, "no"),
            new Metadata { { "www-authenticate", challenge }, { "date", "yesterday" } }));

        Assert.EndsWith(": no", error.Message, StringComparison.Ordinal);
        Assert.Null(ServerFaults.ClockOf(error));
    }
}
