using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fabrik.Wire.Grpc;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>Calls as bare HTTP/2 requests, so that all of the wire is seen, and anything can be sent.</summary>
internal sealed class RpcTestClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
    })
    {
        BaseAddress = address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>A message with its prefix.</summary>
    public static byte[] Frame(params ReadOnlySpan<byte> payload)
    {
        var frame = new byte[MessageFrame.PrefixLength + payload.Length];
        MessageFrame.WritePrefix(frame, isCompressed: false, payload.Length);
        payload.CopyTo(frame.AsSpan(MessageFrame.PrefixLength));
        return frame;
    }

    /// <summary>Sends one message to a method of the tests' service.</summary>
    public Task<RpcTestAnswer> CallAsync(
        string method, byte[] message, params IReadOnlyList<(string Name, string Value)> headers) =>
        SendAsync($"/{EchoService.Name}/{method}", Frame(message), headers);

    /// <summary>Sends a body as it is.</summary>
    public Task<RpcTestAnswer> SendAsync(
        string path, byte[] body, params IReadOnlyList<(string Name, string Value)> headers) =>
        SendAsync(path, new ByteArrayContent(body), headers);

    /// <summary>Sends a body as it is made.</summary>
    public async Task<RpcTestAnswer> SendAsync(
        string path, HttpContent content, params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var response = await OpenAsync(path, content, headers);
        return await ReadAsync(response);
    }

    /// <summary>Begins a call; the answer's headers are there, its body is read by whoever wants it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(
        string path,
        HttpContent content,
        IReadOnlyList<(string Name, string Value)> headers,
        CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFields.ContentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Sends a request that need not be a call.</summary>
    public async Task<RpcTestAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await ReadAsync(response);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads an answer to its end.</summary>
    public static async Task<RpcTestAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        var headers = Fields(response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated));
        var isTrailersOnly = headers.ContainsKey(GrpcFields.Status);
        return new RpcTestAnswer
        {
            Http = (int)response.StatusCode,
            IsTrailersOnly = isTrailersOnly,
            Headers = headers,
            Trailers = isTrailersOnly ? headers : Fields(response.TrailingHeaders.NonValidated),
            Messages = Messages(body, headers.GetValueOrDefault(GrpcFields.Encoding)),
        };
    }

    private static Dictionary<string, string> Fields(IEnumerable<KeyValuePair<string, HeaderStringValues>> fields) =>
        fields.ToDictionary(
            field => field.Key, field => string.Join(',', field.Value), StringComparer.OrdinalIgnoreCase);

    private static List<byte[]> Messages(byte[] body, string? encoding)
    {
        var decoder = new MessageDecoder(64 * 1024 * 1024, encoding, StatusCode.Internal);
        var marshaller = new Marshaller<byte[]>(static bytes => bytes, static bytes => bytes);
        var buffer = new ReadOnlySequence<byte>(body);
        List<byte[]> messages = [];
        while (decoder.TryDecode(ref buffer, marshaller, out var message))
        {
            messages.Add(message!);
        }

        return buffer.IsEmpty ? messages : throw new InvalidDataException($"{buffer.Length} bytes are no message");
    }
}
