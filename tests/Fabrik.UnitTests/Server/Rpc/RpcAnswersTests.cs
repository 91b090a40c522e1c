using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Server.Rpc;

public sealed class RpcAnswersTests
{
    [Theory]
    [InlineData(CacheErrorKind.InvalidRequest, StatusCode.InvalidArgument)]
    [InlineData(CacheErrorKind.TooLarge, StatusCode.InvalidArgument)]
    [InlineData(CacheErrorKind.Incomplete, StatusCode.Aborted)]
    [InlineData(CacheErrorKind.DigestMismatch, StatusCode.DataLoss)]
    [InlineData(CacheErrorKind.Damaged, StatusCode.DataLoss)]
    [InlineData(CacheErrorKind.StorageFull, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.ReadOnly, StatusCode.FailedPrecondition)]
    [InlineData(CacheErrorKind.Conflict, StatusCode.AlreadyExists)]
    [InlineData(CacheErrorKind.Io, StatusCode.Internal)]
    [InlineData(CacheErrorKind.Denied, StatusCode.FailedPrecondition)]
    [InlineData(CacheErrorKind.Timeout, StatusCode.DeadlineExceeded)]
    [InlineData(CacheErrorKind.Unavailable, StatusCode.Unavailable)]
    [InlineData(CacheErrorKind.Overloaded, StatusCode.ResourceExhausted)]
    [InlineData(CacheErrorKind.ShuttingDown, StatusCode.Unavailable)]
    public void Failure_OfTheCache_HasACode(CacheErrorKind kind, StatusCode expected)
    {
        var cause = new IOException("broken");
        var exception = RpcAnswers.ExceptionOf(CacheError.Internal(kind, "a sentence", cause));

        Assert.Equal(expected, exception.StatusCode);
        Assert.Equal("a sentence", exception.Status.Detail);
        Assert.Same(cause, exception.InnerException);
    }

    [Fact]
    public void Failure_OfEveryKind_HasACodeAndAName() => Assert.All(Enum.GetValues<CacheErrorKind>(), kind =>
    {
        var exception = RpcAnswers.ExceptionOf(CacheError.Client(kind, ""));
        Assert.NotEqual(StatusCode.Unknown, exception.StatusCode);
        Assert.False(exception.Trailers.GetValue(RpcAnswers.KindField) is null or "other");
    });

    [Fact]
    public void Digest_ThatTheClientGotWrong_IsItsFault() => Assert.Equal(
        StatusCode.InvalidArgument,
        RpcAnswers.StatusOf(CacheError.Client(CacheErrorKind.DigestMismatch, "")).StatusCode);
}
