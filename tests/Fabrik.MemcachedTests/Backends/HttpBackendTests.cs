using System.Globalization;
using System.Net;
using System.Text;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Backends;

public sealed class HttpBackendTests : IDisposable
{
    private const int MaxValueSize = 1000;

    private static readonly HttpBackendOptions Options = new()
    {
        Name = "web",
        Url = new Uri("http://web.test/cache/"),
        Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Team"] = "blue" },
        MaxConcurrent = 2,
    };

    private readonly TestClock _clock = new();
    private readonly ScriptedHandler _server = new();
    private readonly List<string> _requests = [];
    private readonly HttpBackend _backend;
    private readonly HandLoop _loop;
    private readonly BackendDestination _destination;

    public HttpBackendTests()
    {
        _backend = new HttpBackend(Options, _clock, MaxValueSize, _server);
        _loop = new HandLoop(_clock);
        _destination = new BackendDestination(_loop, _backend, NullLogger.Instance)
        {
            Name = "web",
            Description = "http",
        };
    }

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData("get a/b?c", 200, "VALUE a/b?c 7 5|value", "GET /cache/a%2Fb%3Fc")]
    [InlineData("get k", 404, "", "GET /cache/k")]
    [InlineData("mg k v f", 200, "VA 5 f7|value", "GET /cache/k")]
    [InlineData("mg k f", 200, "HD f7", "HEAD /cache/k")]
    [InlineData("mg w6k= b v", 404, "EN", "GET /cache/%C3%A9")]
    [InlineData("get k", 500, "SERVER_ERROR backend web: answered with status 500", "GET /cache/k")]
    [InlineData("get k", 302, "SERVER_ERROR backend web: answered with status 302", "GET /cache/k")]
    [InlineData("set k 7 60 3|abc", 201, "STORED", "PUT /cache/k abc flags=7 expiry=60")]
    [InlineData("set k 0 0 3|abc", 204, "STORED", "PUT /cache/k abc flags=0")]
    [InlineData("add k 0 0 3|abc", 412, "NOT_STORED", "PUT /cache/k abc flags=0 none-match=*")]
    [InlineData("replace k 0 0 3|abc", 412, "NOT_STORED", "PUT /cache/k abc flags=0 match=*")]
    [InlineData("ms k 3 ME|abc", 201, "HD", "PUT /cache/k abc flags=0 none-match=*")]
    [InlineData("set k 0 0 3|abc", 413, "SERVER_ERROR object too large for cache", "PUT /cache/k abc flags=0")]
    [InlineData("set k 0 0 1|a", 403, "SERVER_ERROR backend web: answered with status 403", "PUT /cache/k a flags=0")]
    [InlineData("set k 0 -1 3|abc", 404, "STORED", "DELETE /cache/k")]
    [InlineData("delete k", 204, "DELETED", "DELETE /cache/k")]
    [InlineData("delete k", 404, "NOT_FOUND", "DELETE /cache/k")]
    public void SendAsync_OfACommand_AsksByHttp(string command, int status, string expected, string request)
    {
        Answer(status, "value", flags: 7);

        Assert.Equal(expected, Ask(command));
        Assert.Equal(request, Assert.Single(_requests));
    }

    [Theory]
    [InlineData("touch k 1")]
    [InlineData("incr k 1")]
    [InlineData("append k 0 0 1|a")]
    [InlineData("cas k 0 0 1 7|a")]
    [InlineData("gat 1 k")]
    [InlineData("ma k")]
    [InlineData("mg k v T1")]
    public void SendAsync_OfWhatHttpHasNoWordFor_IsRefused(string command)
    {
        Assert.Equal("CLIENT_ERROR not supported by backend web", Ask(command));
        Assert.Empty(_requests);
    }

    [Theory]
    [InlineData("get .")]
    [InlineData("get ..")]
    public void SendAsync_OfAKeyThatLeadsElsewhere_IsRefused(string command)
    {
        Assert.Equal("CLIENT_ERROR the key is not possible in backend web", Ask(command));
        Assert.Empty(_requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SendAsync_OfAnAnswerAboveTheLimit_IsTooLarge(bool isAnnounced)
    {
        _server.Answer = (_, _, _) =>
        {
            HttpContent content = isAnnounced
                ? new ByteArrayContent(new byte[MaxValueSize + 1])
                : new StreamContent(new MemoryStream(new byte[MaxValueSize + 1]));
            content.Headers.ContentLength = isAnnounced ? MaxValueSize + 1 : null;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        };

        Assert.Equal("SERVER_ERROR object too large for cache", Ask("get k"));
    }

    [Fact]
    public async Task SendAsync_WithoutAnAnswerInTime_TimesOut()
    {
        _server.Answer = static async (_, _, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException();
        };
        var sent = _loop.Send(_destination, "get k\r\n");
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _loop.HasPosted);

        Assert.Equal("SERVER_ERROR backend web: timed out\r\n", _loop.Take(sent));
    }

    [Fact]
    public void SendAsync_OfNobody_IsAnError()
    {
        _server.Answer = static (_, _, _) =>
            throw new HttpRequestException(HttpRequestError.ConnectionError, "secret address");

        Assert.Equal("SERVER_ERROR backend web: cannot be reached", Ask("get k"));
    }

    [Fact]
    public void SendAsync_BeyondWhatMayRun_FailsAtOnce()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Answer = async (_, _, _) =>
        {
            await gate.Task;
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        };
        var first = _loop.Send(_destination, "get a\r\n");
        var second = _loop.Send(_destination, "get b\r\n");

        Assert.Equal("SERVER_ERROR backend web: overloaded", Ask("get c"));
        gate.SetResult();
        Assert.Equal(["", ""], new[] { _loop.Take(first), _loop.Take(second) });
        Assert.Equal("", Ask("get c"));
    }

    private void Answer(int status, string value, uint flags) => _server.Answer = (request, body, _) =>
    {
        _requests.Add(Describe(request, body));
        Assert.Equal("blue", Assert.Single(request.Headers.GetValues("X-Team")));
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes(value)),
        };
        response.Headers.Add(HttpBackend.FlagsHeader, flags.ToString(CultureInfo.InvariantCulture));
        return Task.FromResult(response);
    };

    private static string Describe(HttpRequestMessage request, string body)
    {
        var text = new StringBuilder($"{request.Method} {request.RequestUri!.PathAndQuery}");
        Add(text, body, "");
        Add(text, Header(request, HttpBackend.FlagsHeader), "flags=");
        Add(text, Header(request, HttpBackend.ExpiryHeader), "expiry=");
        Add(text, Header(request, "If-None-Match"), "none-match=");
        Add(text, Header(request, "If-Match"), "match=");
        return text.ToString();
    }

    private static void Add(StringBuilder text, string value, string name)
    {
        if (value.Length > 0)
        {
            text.Append(' ').Append(name).Append(value);
        }
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";

    private string Ask(string text)
    {
        var answer = _loop.Ask(_destination, text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n");
        return answer.Length == 0 ? "" : answer[..^2].Replace("\r\n", "|", StringComparison.Ordinal);
    }
}
