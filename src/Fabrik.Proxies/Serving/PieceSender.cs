using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Server.Transport;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Sends the pieces of a body one after the other: what lies in a plain file by the kernel, what is in memory by one
/// copy. A slow client holds up only itself.
/// </summary>
internal static class PieceSender
{
    /// <summary>Sends all that a reader still has, beginning with a piece that it gave already.</summary>
    /// <returns>
    /// The bytes that were sent, and why there are no more; no reason when the body or the client ended.
    /// </returns>
    public static async ValueTask<(long Sent, OriginFault? Fault)> SendAsync(
        HttpContext http, FlightReader reader, BodyPiece first)
    {
        var (piece, sent) = (first, 0L);
        while (piece.Kind is BodyPieceKind.Bytes or BodyPieceKind.Artifact)
        {
            if (!await SendAsync(http, piece))
            {
                return (sent, null);
            }

            sent += piece.Length;
            reader.Advance(piece.Length);
            piece = await reader.NextAsync(http.RequestAborted);
        }

        await piece.DisposeAsync();
        return (sent, piece.Fault);
    }

    // Whether the client goes on.
    private static async ValueTask<bool> SendAsync(HttpContext http, BodyPiece piece)
    {
        var writer = http.Response.BodyWriter;
        if (piece.Artifact is null)
        {
            // Copied at once, and let go of before the client is waited for.
            piece.Bytes.Span.CopyTo(writer.GetSpan(piece.Bytes.Length));
            writer.Advance(piece.Bytes.Length);
            await piece.DisposeAsync();
            var flushed = await writer.FlushAsync(http.RequestAborted);
            return !flushed.IsCompleted && !flushed.IsCanceled;
        }

        await using (piece)
        {
            return await SendArtifactAsync(http, piece);
        }
    }

    private static async ValueTask<bool> SendArtifactAsync(HttpContext http, BodyPiece piece)
    {
        var (response, artifact) = (http.Response, piece.Artifact!);
        var direct = DirectBodyWriter.Find(http);
        if (artifact.TryGetMemory(out var bytes))
        {
            bytes = bytes.Slice((int)piece.Offset, (int)piece.Length);
            if (direct is not null)
            {
                return await DirectBodyWriter.SendAsync(response, direct, bytes);
            }

            var flushed = await response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
            return !flushed.IsCompleted && !flushed.IsCanceled;
        }

        if (direct is not null && artifact.TryGetFile(out var file, out var offset) && file is not null)
        {
            return await DirectBodyWriter.SendFileAsync(response, direct, file, (offset + piece.Offset, piece.Length));
        }

        var copied = await artifact.CopyToAsync(
            response.BodyWriter, piece.Offset, piece.Length, http.RequestAborted);
        if (copied.Error is not null)
        {
            // The length was promised: only a broken connection tells that these bytes are not all.
            http.Abort();
            return false;
        }

        return true;
    }
}
