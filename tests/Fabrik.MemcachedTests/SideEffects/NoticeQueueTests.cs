using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.SideEffects;
using Fabrik.MemcachedTests.Destinations;
using Fabrik.Testing;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.SideEffects;

public sealed class NoticeQueueTests : StrategyTest
{
    private readonly ScriptedServer _server = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Notices_ThatWaitWhileOneIsSent_LeaveTogether()
    {
        await using var queue = Open();
        Tell(queue, "delete first", "DELETED");
        var first = await _server.NextAsync();
        Tell(queue, "set k 0 0 1|x", "SERVER_ERROR full");
        Tell(queue, "md //4= b", "NF");
        Tell(queue, "get k", "END");
        first.Answer.SetResult(HttpStatusCode.OK);
        var second = await _server.NextAsync();
        second.Answer.SetResult(HttpStatusCode.OK);

        Assert.Equal(
            """{"notices":[{"command":"delete","key":"first","outcome":"done","time":"2030-01-02T03:04:05+00:00"}]}""",
            first.Body);
        using var json = JsonDocument.Parse(second.Body);
        var notices = json.RootElement.GetProperty("notices").EnumerateArray().ToList();
        Assert.Equal(2, notices.Count);
        Assert.Equal("failed", notices[0].GetProperty("outcome").GetString());
        Assert.Equal("//4=", notices[1].GetProperty("key_base64").GetString());
    }

    [Fact]
    public async Task Notices_BeyondTheQueue_AreDroppedAndCounted()
    {
        var queue = Open(limit: 2);
        Tell(queue, "delete first", "DELETED");
        var first = await _server.NextAsync();
        for (var i = 0; i < 5; i++)
        {
            Tell(queue, "delete k", "DELETED");
        }

        Assert.Equal(3, queue.Counters.Dropped);
        first.Answer.SetResult(HttpStatusCode.InternalServerError);
        (await _server.NextAsync()).Answer.SetResult(HttpStatusCode.NoContent);
        await queue.DisposeAsync();

        Assert.Equal(new SideEffectCounters(2, 3, 1), SideEffectCounters.Of(queue.Counters));
    }

    [Fact]
    public async Task Notices_OfAServerThatHangs_FailAfterTheTimeout()
    {
        var queue = Open();
        Tell(queue, "delete first", "DELETED");
        await _server.NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(6));
        Tell(queue, "delete k", "DELETED");
        (await _server.NextAsync()).Answer.SetResult(HttpStatusCode.OK);
        await queue.DisposeAsync();

        Assert.Equal(new SideEffectCounters(1, 0, 1), SideEffectCounters.Of(queue.Counters));
    }

    private NoticeQueue Open(int limit = 100) => new(
        new NoticeOptions { Url = new Uri("http://notices.test/in"), QueueLimit = limit },
        new HttpMessageInvoker(_server), _clock, new SendCounters());

    private void Tell(NoticeQueue queue, string sent, string answer)
    {
        var request = TestRequests.Text(Loop, sent);
        var reply = TestReplies.Text(Loop, answer);
        new HttpPost(_clock, queue, Array.Empty<Verb>()) { Name = "h" }.After(request, reply);
        reply.Release();
        request.Release();
    }

    private sealed record Post(string Body, TaskCompletionSource<HttpStatusCode> Answer);

    private sealed class ScriptedServer : HttpMessageHandler
    {
        private readonly Channel<Post> _posts = Channel.CreateUnbounded<Post>();

        public async Task<Post> NextAsync() =>
            await _posts.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var post = new Post(
                await request.Content!.ReadAsStringAsync(cancellationToken),
                new TaskCompletionSource<HttpStatusCode>(TaskCreationOptions.RunContinuationsAsynchronously));
            await _posts.Writer.WriteAsync(post, cancellationToken);
            return new HttpResponseMessage(await post.Answer.Task.WaitAsync(cancellationToken));
        }
    }
}
