using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Transport;

/// <summary>Sends response bodies through <see cref="IDirectBody"/> where the connection has it.</summary>
public static class DirectBodyWriter
{
    /// <summary>
    /// The most bytes that one flush stands for: between two flushes a request that was cancelled is noticed.
    /// </summary>
    private const int FlushLimit = 8 * 1024 * 1024;

    /// <summary>The feature, if this response can use it: HTTP/1.1 without TLS, and not a chunked body.</summary>
    public static IDirectBody? Find(HttpContext context) =>
        context.Response.ContentLength.HasValue && HttpProtocol.IsHttp11(context.Request.Protocol)
            ? context.Features.Get<IDirectBody>()
            : null;

    /// <summary>Sends a range of a file by the kernel.</summary>
    /// <returns>Whether the client took all of it.</returns>
    public static async ValueTask<bool> SendFileAsync(
        HttpResponse response, IDirectBody direct, SafeFileHandle file, (long Offset, long Count) range)
    {
        await response.StartAsync();
        var (offset, remaining) = range;
        while (remaining > 0)
        {
            var count = (int)Math.Min(remaining, FlushLimit);
            direct.Announce(file, offset, count);
            if (!await FlushAnnouncedAsync(response, count))
            {
                return false;
            }

            offset += count;
            remaining -= count;
        }

        return true;
    }

    /// <summary>Sends bytes that are in memory, behind the headers and in the same system call.</summary>
    /// <returns>Whether the client took all of them.</returns>
    public static async ValueTask<bool> SendAsync(HttpResponse response, IDirectBody direct, ReadOnlyMemory<byte> bytes)
    {
        await response.StartAsync();
        direct.Announce(bytes);
        return await FlushAnnouncedAsync(response, bytes.Length);
    }

    // No token: a connection that breaks ends the flush, and then says so.
    private static async ValueTask<bool> FlushAnnouncedAsync(HttpResponse response, int count)
    {
        var body = response.BodyWriter;
        body.GetMemory();
        body.Advance(count);
        var flush = await body.FlushAsync();
        return !flush.IsCompleted && !flush.IsCanceled && !response.HttpContext.RequestAborted.IsCancellationRequested;
    }
}
