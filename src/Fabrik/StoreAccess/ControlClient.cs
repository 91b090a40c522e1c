using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fabrik.Cache;

namespace Fabrik.StoreAccess;

/// <summary>Asks the process that holds a store, over the socket file in its folder.</summary>
internal sealed class ControlClient(string socketPath) : IDisposable
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

    /// <summary>The socket file.</summary>
    public string Path => socketPath;

    public void Dispose() => _client.Dispose();

    /// <summary>A request with a document.</summary>
    public static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(JsonSerializer.Serialize(body, type), Encoding.UTF8, "application/json"),
    };

    /// <summary>Asks for one document; a failure keeps its kind and its sentence.</summary>
    public async ValueTask<CacheResult<T>> AskAsync<T>(
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

    /// <summary>Sends, and gives the answer once its head is there.</summary>
    /// <exception cref="StoreAccessException">There is none, or it is a failure.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
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
}
