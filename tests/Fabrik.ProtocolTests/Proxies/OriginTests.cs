using Fabrik.Proxies.Origins;
using Fabrik.Testing;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>Origins with replicas: who is asked, how often, and what a failure is.</summary>
public sealed class OriginTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private ScriptedOrigin _first = null!;
    private ScriptedOrigin _second = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await ScriptedOrigin.StartAsync(_clock);
        _second = await ScriptedOrigin.StartAsync(_clock);
        _second.Put("/a", 10, "\"1\"");
        _first.Put("/a", 10, "\"1\"");
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Read_ThatTheFirstReplicaFails_GoesToTheSecond()
    {
        using var origin = Make();
        _first.Answer = static http => Status(http, 503);
        var (status, replica) = await AskAsync(origin);
        Assert.Equal((200, "second"), (status, replica));
        Assert.Single(_first.Calls);
    }

    [Fact]
    public async Task Replica_ThatFailsAgainAndAgain_IsLeftAlone_AndTriedLater()
    {
        using var origin = Make();
        _first.Answer = static http => Status(http, 500);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, (await AskAsync(origin)).Status);
        }

        Assert.Equal(3, _first.Calls.Count);
        _first.Answer = null;
        _second.Answer = static http => Status(http, 500);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("first", (await AskAsync(origin)).Replica);
        Assert.Equal("first", (await AskAsync(origin)).Replica);
    }

    [Fact]
    public async Task Read_ThatTakesLong_IsAskedOfAnotherReplicaToo_AndTheFirstAnswerCounts()
    {
        using var origin = Make(hedgeAfter: TimeSpan.FromMilliseconds(50));
        _first.Answer = static http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var asking = AskAsync(origin);
        await Wait.UntilAsync(() => _first.Calls.Count == 1 && _clock.Timers == 2);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal((200, "second"), await asking);
        Assert.Equal(1, origin.Hedged);
        await Wait.UntilAsync(() => _first.Left == 1);
        Assert.True(origin.Replicas[0].IsHealthy);
    }

    [Fact]
    public async Task Read_ThatIsAnsweredInTime_IsAskedOnce()
    {
        using var origin = Make(hedgeAfter: TimeSpan.FromMilliseconds(50));
        Assert.Equal((200, "first"), await AskAsync(origin));
        Assert.Empty(_second.Calls);
        Assert.Equal((1, 0), (origin.Replicas[0].Requests, origin.Replicas[0].Failures));
    }

    [Fact]
    public async Task Replica_ThatDoesNotAnswer_IsGivenUp()
    {
        using var origin = Make(retries: 0);
        _first.Answer = static http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var asked = origin.SendAsync(Request("GET"), CancellationToken.None).AsTask();
        await Wait.UntilAsync(() => _first.Calls.Count == 1);
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), asked);
        Assert.Equal(OriginFaultKind.Timeout, (await asked).Fault!.Kind);
    }

    [Fact]
    public async Task Replica_WithATimeoutOfItsOwn_IsGivenUpByThat()
    {
        using var origin = Make(retries: 1, firstTimeout: TimeSpan.FromSeconds(2));
        _first.Answer = static http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var asked = AskAsync(origin);
        await Wait.UntilAsync(() => _first.Calls.Count == 1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(asked.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, "second"), await asked);
    }

    [Fact]
    public async Task Body_ThatFallsSilent_IsGivenUp()
    {
        using var origin = Make(retries: 0);
        _first.Answer = static async http =>
        {
            http.Response.ContentLength = 10;
            await http.Response.WriteAsync("12345");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.True(sent.TryGet(out var response, out _));
        await using (response)
        {
            var buffer = new byte[100];
            Assert.True((await response.Body.ReadAsync(buffer, CancellationToken.None)).TryGet(out var count, out _));
            Assert.Equal(5, count);
            var silent = response.Body.ReadAsync(buffer, CancellationToken.None).AsTask();
            await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), silent);
            Assert.Equal(OriginFaultKind.Timeout, (await silent).Fault!.Kind);
        }
    }

    [Fact]
    public async Task Origin_ThatIsNotThere_IsUnreachable()
    {
        var url = _first.Url;
        await _first.DisposeAsync();
        using var origin = Make(retries: 0, first: url);
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.Equal(OriginFaultKind.Unreachable, sent.Fault!.Kind);
        Assert.DoesNotContain("secret", sent.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfCredentials_IsTheOperatorsMatter()
    {
        using var origin = Make(retries: 0, isS3: true);
        _first.Answer = static async http =>
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync("<Error><Code>SignatureDoesNotMatch</Code></Error>");
        };
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.True(sent.TryGet(out var response, out _));
        Assert.Equal(OriginFaultKind.BadCredentials, response.Fault!.Kind);
        await response.DisposeAsync();
    }

    [Fact]
    public async Task Request_WithABody_IsSentOnce()
    {
        using var origin = Make();
        _first.Answer = static http => Status(http, 503);
        using var body = new StringContent("x");
        var sent = await origin.SendAsync(Request("POST") with { Body = body }, CancellationToken.None);
        Assert.True(sent.TryGet(out var response, out _));
        Assert.Equal(503, response.Status);
        await response.DisposeAsync();
        Assert.Empty(_second.Calls);
    }

    [Fact]
    public async Task Headers_OfTheOrigin_AreKeptAsTheyCame()
    {
        using var origin = Make();
        _first.Answer = static http =>
        {
            http.Response.Headers.Append("X-Twice", "one");
            http.Response.Headers.Append("X-Twice", "two, three");
            http.Response.Headers.Connection = "X-Hop";
            http.Response.Headers["X-Hop"] = "1";
            return Status(http, 200);
        };
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.True(sent.TryGet(out var response, out _));
        await using (response)
        {
            Assert.Equal(
                ["one", "two, three"],
                response.Headers.Where(field => field.Is("X-Twice")).Select(field => field.Value),
                StringComparer.Ordinal);
            Assert.Null(response.Headers.First("X-Hop"));
        }
    }

    [Fact]
    public async Task Credentials_ThatCannotBeHad_AreNotAskedForAgain()
    {
        var asked = 0;
        OriginCredentials missing = _ =>
        {
            asked++;
            throw new IOException("none were found");
        };
        var s3 = new S3ReplicaOptions { Bucket = "b", Region = "r", Credentials = missing };
        using var origin = new Origin(
            new OriginOptions
            {
                Name = "origin",
                Replicas = [new ReplicaOptions { Name = "first", Url = _first.Url, S3 = s3 }],
                Retries = 3,
            },
            OriginServices.Of(_clock, new Random(1), NullLogger.Instance));
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.False(sent.TryGet(out _, out var fault));
        Assert.Equal(OriginFaultKind.BadCredentials, fault.Kind);
        Assert.Equal(1, asked);
        Assert.Empty(_first.Calls);
    }

    [Fact]
    public async Task Statuses_OfAServerThatIsNoObjectStore_LeaveItAsked()
    {
        _first.Answer = static http => Status(http, 500);
        using var origin = new Origin(
            new OriginOptions
            {
                Name = "origin",
                Replicas = [new ReplicaOptions { Name = "first", Url = _first.Url }],
                RetriesStatuses = false,
                BreakerFailures = 3,
            },
            OriginServices.Of(_clock, new Random(1), NullLogger.Instance));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((500, "first"), await AskAsync(origin));
        }
    }

    private static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static OriginRequest Request(string method) => new() { Method = method, Target = "/a" };

    private static async Task<(int Status, string Replica)> AskAsync(Origin origin)
    {
        var sent = await origin.SendAsync(Request("GET"), CancellationToken.None);
        Assert.True(sent.TryGet(out var response, out _));
        await using (response)
        {
            return (response.Status, response.Replica);
        }
    }

    private Origin Make(
        int retries = 1,
        Uri? first = null,
        bool isS3 = false,
        TimeSpan? hedgeAfter = null,
        TimeSpan? firstTimeout = null)
    {
        var s3 = isS3 ? new S3ReplicaOptions { Bucket = "b", Region = "r" } : null;
        return new Origin(
            new OriginOptions
            {
                Name = "origin",
                Replicas =
                [
                    new ReplicaOptions
                    {
                        Name = "first",
                        Url = first ?? _first.Url,
                        S3 = s3,
                        AnswerTimeout = firstTimeout,
                    },
                    new ReplicaOptions { Name = "second", Url = _second.Url, S3 = s3 },
                ],
                Retries = retries,
                HedgeAfter = hedgeAfter,
                BreakerFailures = 3,
            },
            OriginServices.Of(_clock, new Random(1), NullLogger.Instance));
    }
}
