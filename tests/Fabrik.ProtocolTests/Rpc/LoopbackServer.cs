using System.Net;
using Fabrik.Cache.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>What the hosts of gRPC services are made of.</summary>
internal static class LoopbackServer
{
    /// <summary>A Kestrel for HTTP/2 on a free port of loopback, which ends nobody for being slow.</summary>
    /// <param name="maxStreams">Streams of a connection; Kestrel's default where none is given.</param>
    public static WebApplication Build(int? maxStreams = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = maxStreams ?? kestrel.Limits.Http2.MaxStreamsPerConnection;
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        return builder.Build();
    }

    /// <summary>A real store in a folder; none without one.</summary>
    public static async Task<LocalStore?> OpenStoreAsync(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        var opened = await LocalStore.OpenAsync(
            new LocalStoreOptions { Directory = folder },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None);
        return opened.Value;
    }
}
