using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fabrik.Cache;
using Fabrik.Cache.Local;

namespace Fabrik.StoreAccess;

/// <summary>A store that another process of this user holds, over the socket file in its folder.</summary>
internal sealed class RemoteStore(string socketPath) : IStoreAccess
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = (_, cancellationToken) => ConnectAsync(socketPath, cancellationToken),
    })
    {
        BaseAddress = new Uri("http://fabrik"),
        // A verification reads the whole store; whoever waits for it may press Ctrl-C.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public ValueTask<CacheResult<StoreStatistics>> StatisticsAsync(CancellationToken cancellationToken) =>
        AskAsync(
            new HttpRequestMessage(HttpMethod.Get, "/statistics"),
            StoreJson.Default.StoreStatistics,
            cancellationToken);

    public ValueTask<CacheResult<CleanReport>> CleanAsync(
        CleanRequest request, CancellationToken cancellationToken) =>
        AskAsync(
            Post("/clean", request, StoreJson.Default.CleanRequest),
            StoreJson.Default.CleanReport,
            cancellationToken);

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Post("/list", filter, StoreJson.Default.EntryFilter);
        await foreach (string line in LinesAsync(request, cancellationToken))
        {
            yield return JsonSerializer.Deserialize(line, StoreJson.Default.StoreEntry)!;
        }
    }

    public async ValueTask<CacheResult<VerifyReport>> VerifyAsync(
        IProgress<VerifyProgress> progress, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/verify");
        await foreach (string line in LinesAsync(request, cancellationToken))
        {
            if (JsonSerializer.Deserialize(line, StoreJson.Default.StoreFault) is { Message: not null } fault)
            {
                return CacheError.Internal(fault.Kind, fault.Message);
            }

            VerifyStep step = JsonSerializer.Deserialize(line, StoreJson.Default.VerifyStep)!;
            progress.Report(step.Progress);
            if (step.Report is { } report)
            {
                return report;
            }
        }

        return CacheError.Internal(CacheErrorKind.Unavailable, "the process that holds the store ended in the middle");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json"),
    };

    private async ValueTask<CacheResult<T>> AskAsync<T>(
        HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpRequestMessage asked = request;
        try
        {
            using HttpResponseMessage answer = await _client.SendAsync(asked, cancellationToken);
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return (await JsonSerializer.DeserializeAsync(body, type, cancellationToken))!;
            }

            StoreFault? fault = await JsonSerializer.DeserializeAsync(
                body, StoreJson.Default.StoreFault, cancellationToken);
            return CacheError.Internal(fault!.Kind, fault.Message);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            return CacheError.Internal(
                CacheErrorKind.Unavailable, $"the process that holds the store does not answer on {socketPath}", e);
        }
    }

    private async IAsyncEnumerable<string> LinesAsync(
        HttpRequestMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(request, cancellationToken);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            // Without this, a failure before the first line would pass for a list without lines.
            return answer.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException e)
        {
            throw new StoreAccessException(
                $"the process that holds the store gives no answer on {socketPath}: {e.Message}");
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new StoreAccessException($"the process that holds the store ended in the middle: {e.Message}");
        }
    }
}
