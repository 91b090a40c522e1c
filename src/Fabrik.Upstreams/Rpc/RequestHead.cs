using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Fabrik.Wire.Grpc;

namespace Fabrik.Upstreams.Rpc;

/// <summary>Makes the head of a request (gRPC over HTTP/2, "Requests").</summary>
internal static class RequestHead
{
    private const string PreviousAttempts = "grpc-previous-rpc-attempts";
    private const string Authorization = "authorization";

    private static readonly MediaTypeHeaderValue ContentType = new(GrpcFields.ContentType);
    private static readonly string UserAgent =
        $"grpc-dotnet-fabrik/{typeof(RequestHead).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Makes a request without a token.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="remaining">The time up to the deadline, or none.</param>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="content">The messages.</param>
    public static HttpRequestMessage Make(CallTarget call, TimeSpan? remaining, int attempt, HttpContent content)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, call.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Host = call.Host;
        if (remaining is { } timeout)
        {
            Add(request, GrpcFields.Timeout, GrpcTimeout.Format(timeout));
        }

        Add(request, "te", "trailers");
        Add(request, "user-agent", UserAgent);
        Add(request, GrpcFields.AcceptEncoding, MessageEncoding.Accepted);
        if (call.Compression is { } encoding)
        {
            Add(request, GrpcFields.Encoding, encoding);
        }

        if (attempt > 1)
        {
            Add(request, PreviousAttempts, (attempt - 1).ToString(CultureInfo.InvariantCulture));
        }

        AddMetadata(request, call.Headers);
        AddTraceContext(request);
        return request;
    }

    /// <summary>Adds a token, unless the caller has brought his own.</summary>
    public static void AddToken(HttpRequestMessage request, string? token)
    {
        if (token is not null && !request.Headers.NonValidated.Contains(Authorization))
        {
            Add(request, Authorization, $"Bearer {token}");
        }
    }

    private static void AddMetadata(HttpRequestMessage request, Metadata? headers)
    {
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var entry = headers![i];
            if (!GrpcFields.IsReserved(entry.Key))
            {
                Add(request, entry.Key, MetadataFields.Format(entry));
            }
        }
    }

    // The server's spans are children of the one that the call is made in, unless the caller says otherwise.
    private static void AddTraceContext(HttpRequestMessage request)
    {
        if (Activity.Current is not { } activity)
        {
            return;
        }

        DistributedContextPropagator.Current.Inject(activity, request, static (carrier, name, value) =>
        {
            var request = (HttpRequestMessage)carrier!;
            if (!request.Headers.NonValidated.Contains(name))
            {
                Add(request, name, value);
            }
        });
    }

    private static void Add(HttpRequestMessage request, string name, string value) =>
        request.Headers.TryAddWithoutValidation(name, value);
}
