using System.Net;
using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Http;

public sealed class HttpFailuresTests
{
    [Theory]
    [InlineData(301, CacheErrorKind.Io)]
    [InlineData(400, CacheErrorKind.InvalidRequest)]
    [InlineData(401, CacheErrorKind.Denied)]
    [InlineData(403, CacheErrorKind.Denied)]
    [InlineData(405, CacheErrorKind.ReadOnly)]
    [InlineData(407, CacheErrorKind.Denied)]
    [InlineData(408, CacheErrorKind.Timeout)]
    [InlineData(413, CacheErrorKind.TooLarge)]
    [InlineData(418, CacheErrorKind.InvalidRequest)]
    [InlineData(423, CacheErrorKind.Overloaded)]
    [InlineData(429, CacheErrorKind.Overloaded)]
    [InlineData(500, CacheErrorKind.Unavailable)]
    [InlineData(501, CacheErrorKind.ReadOnly)]
    [InlineData(502, CacheErrorKind.Unavailable)]
    [InlineData(503, CacheErrorKind.Overloaded)]
    [InlineData(504, CacheErrorKind.Unavailable)]
    [InlineData(507, CacheErrorKind.StorageFull)]
    [InlineData(599, CacheErrorKind.Unavailable)]
    public void Status_HasAKind(int status, CacheErrorKind expected)
    {
        var error = HttpFailures.Status("cache.example", "PUT", (HttpStatusCode)status);

        Assert.Equal(expected, error.Kind);
        Assert.Equal(CacheErrorSource.Upstream, error.Source);
        Assert.Contains($"cache.example answered PUT with {status}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "name")]
    [InlineData(HttpRequestError.ConnectionError, "reached")]
    [InlineData(HttpRequestError.SecureConnectionError, "TLS")]
    [InlineData(HttpRequestError.ProxyTunnelError, "proxy")]
    [InlineData(HttpRequestError.InvalidResponse, "not HTTP")]
    [InlineData(HttpRequestError.ResponseEnded, "broke")]
    public void Exception_OfARequest_IsUnavailableAndSaysWhy(HttpRequestError kind, string expected)
    {
        var thrown = new HttpRequestException(kind);

        var error = HttpFailures.Thrown("cache.example", "GET", thrown);

        Assert.True(HttpFailures.IsOfARequest(thrown, CancellationToken.None));
        Assert.Equal(CacheErrorKind.Unavailable, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Same(thrown, error.Cause);
    }

    [Fact]
    public void Cancellation_ThatTheCallerDidNotAskFor_IsATimeout()
    {
        var thrown = new TaskCanceledException();

        Assert.True(HttpFailures.IsOfARequest(thrown, CancellationToken.None));
        Assert.False(HttpFailures.IsOfARequest(thrown, new CancellationToken(canceled: true)));
        Assert.False(HttpFailures.IsOfARequest(new InvalidOperationException(), CancellationToken.None));
        Assert.Equal(CacheErrorKind.Timeout, HttpFailures.Thrown("h", "GET", thrown).Kind);
    }
}
