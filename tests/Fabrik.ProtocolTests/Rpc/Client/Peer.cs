using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Upstreams.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>A server that knows HTTP/2 and nothing of gRPC: each test writes what it says.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Peer(RequestDelegate answer, X509Certificate2? certificate, X509Certificate2? clientCertificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listener.UseHttps(https => Secure(https, certificate, clientCertificate));
                }
            });
        });
        _app = builder.Build();
        _app.Run(answer);
    }

    /// <summary>Where it is.</summary>
    public Uri Address => new(_app.Urls.Single());

    public static async Task<Peer> StartAsync(
        RequestDelegate answer, X509Certificate2? certificate = null, X509Certificate2? clientCertificate = null)
    {
        var peer = new Peer(answer, certificate, clientCertificate);
        await peer._app.StartAsync();
        return peer;
    }

    public GrpcChannel Open(GrpcChannelOptions? options = null) =>
        GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions());

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Answers every call with the messages that it sends.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        await BeginAsync(context);
        while (await ReadAsync(context) is { } message)
        {
            await WriteAsync(context, message);
        }

        End(context);
    }

    /// <summary>Sends headers.</summary>
    public static Task BeginAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        return context.Response.Body.FlushAsync();
    }

    /// <summary>Sends one message.</summary>
    public static async Task WriteAsync(HttpContext context, byte[] payload, byte flag = 0)
    {
        await context.Response.Body.WriteAsync(Frame(payload, flag));
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Sets the trailers.</summary>
    public static void End(HttpContext context, int status = 0, string? message = null)
    {
        context.Response.AppendTrailer("grpc-status", $"{status}");
        if (message is not null)
        {
            context.Response.AppendTrailer("grpc-message", message);
        }
    }

    /// <summary>Answers with a status alone.</summary>
    public static void Refuse(HttpContext context, int status, string message = "")
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = $"{status}";
        context.Response.Headers["grpc-message"] = message;
    }

    /// <summary>Reads the next message of the request, or nothing at its end.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        var prefix = new byte[5];
        if (await context.Request.Body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 0)
        {
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await context.Request.Body.ReadExactlyAsync(payload);
        return payload;
    }

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[payload.Length + 5];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    private static void Secure(
        HttpsConnectionAdapterOptions https, X509Certificate2 certificate, X509Certificate2? clientCertificate)
    {
        https.ServerCertificate = certificate;
        if (clientCertificate is not null)
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == clientCertificate.Thumbprint;
        }
    }
}
