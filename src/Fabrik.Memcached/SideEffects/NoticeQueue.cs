using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.SideEffects;

/// <summary>
/// Notices of all loops on their way to an HTTP server, as <c>{"notices":[{"command","key","outcome","time"}]}</c>.
/// Those that wait while a request is on its way leave together with the next one. What fails is counted, and not sent
/// again.
/// </summary>
internal sealed class NoticeQueue : IAsyncDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly NoticeOptions _options;
    private readonly HttpMessageInvoker _client;
    private readonly TimeProvider _time;
    private readonly Channel<Notice> _queue;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;

    /// <summary>Begins to send.</summary>
    /// <param name="options">Where to, and how many.</param>
    /// <param name="client">What sends; it stays the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="counters">Where notices are counted; a queue that takes its place may count there too.</param>
    public NoticeQueue(NoticeOptions options, HttpMessageInvoker client, TimeProvider time, SendCounters counters)
    {
        Counters = counters;
        _options = options;
        _client = client;
        _time = time;
        _queue = Channel.CreateBounded<Notice>(
            new BoundedChannelOptions(options.QueueLimit) { SingleReader = true });
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>What has been sent, dropped, and what failed, in notices.</summary>
    public SendCounters Counters { get; }

    /// <summary>Queues a notice; from any thread. Where too many wait it is dropped.</summary>
    public void Add(Notice notice)
    {
        if (!_queue.Writer.TryWrite(notice))
        {
            Interlocked.Increment(ref Counters.Dropped);
        }
    }

    /// <summary>Takes no more, and waits for the request that is on its way, for as long as one may take.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(_options.Timeout);
        await _sending;
        _stopping.Dispose();
    }

    private async Task SendAllAsync()
    {
        var batch = new List<Notice>(_options.BatchSize);
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < _options.BatchSize && _queue.Reader.TryRead(out var notice))
            {
                batch.Add(notice);
            }

            Interlocked.Add(ref await PostAsync(batch) ? ref Counters.Sent : ref Counters.Failed, batch.Count);
        }
    }

    private async Task<bool> PostAsync(List<Notice> batch)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = Content(batch) };
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private static ByteArrayContent Content(List<Notice> batch)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("notices"u8);
            foreach (var notice in batch)
            {
                Write(writer, notice);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentType = Json;
        return content;
    }

    private static void Write(Utf8JsonWriter writer, Notice notice)
    {
        writer.WriteStartObject();
        writer.WriteString("command"u8, VerbNames.Of(notice.Verb));
        if (System.Text.Unicode.Utf8.IsValid(notice.Key))
        {
            writer.WriteString("key"u8, notice.Key);
        }
        else
        {
            writer.WriteBase64String("key_base64"u8, notice.Key);
        }

        writer.WriteString("outcome"u8, NameOf(notice.Outcome));
        writer.WriteString("time"u8, notice.Time);
        writer.WriteEndObject();
    }

    // Whether a server said that it failed, or nothing came from it, is one thing to who is told.
    private static string NameOf(ReplyKind outcome) =>
        CommandCounters.NameOf(outcome == ReplyKind.ServerError ? ReplyKind.Failed : outcome);
}
