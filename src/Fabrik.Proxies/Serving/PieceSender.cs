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
    private static readonly OriginFault Damage =
        new(OriginFaultKind.Truncated, "a stored part of a body is damaged, and cannot be fetched by itself");

    /// <summary>Sends all that a reader still has, beginning with a piece that it gave already.</summary>
    /// <returns>
    /// The bytes that were sent, and why there are no more; no reason when the body or the client ended.
    /// </returns>
    public static async ValueTask<(long Sent, OriginFault? Fault)> SendAsync(
        HttpContext http, BodyReader reader, BodyPiece first)
    {
        var (piece, begin) = (first, reader.Offset);
        while (piece.Kind is BodyPieceKind.Bytes or BodyPieceKind.Artifact)
        {
            var (sent, outcome) = await SendAsync(http, piece);
            reader.Advance(sent);
            if (outcome == PieceOutcome.Left)
            {
                return (reader.Offset - begin, null);
            }

            if (outcome == PieceOutcome.Damaged && !await reader.ForgetDamagedAsync(http.RequestAborted))
            {
                return (reader.Offset - begin, Damage);
            }

            piece = await reader.NextAsync(http.RequestAborted);
        }

        await piece.DisposeAsync();
        return (reader.Offset - begin, piece.Fault);
    }

    private static async ValueTask<(long Sent, PieceOutcome Outcome)> SendAsync(HttpContext http, BodyPiece piece)
    {
        if (piece.Artifact is not null)
        {
            await using (piece)
            {
                return await SendArtifactAsync(http, piece);
            }
        }

        // Copied at once, and let go of before the client is waited for.
        var writer = http.Response.BodyWriter;
        piece.Bytes.Span.CopyTo(writer.GetSpan(piece.Bytes.Length));
        writer.Advance(piece.Bytes.Length);
        await piece.DisposeAsync();
        var flushed = await writer.FlushAsync(http.RequestAborted);
        return (piece.Length, Outcome(!flushed.IsCompleted && !flushed.IsCanceled));
    }

    private static async ValueTask<(long Sent, PieceOutcome Outcome)> SendArtifactAsync(
        HttpContext http, BodyPiece piece)
    {
        var (response, artifact) = (http.Response, piece.Artifact!);
        var direct = DirectBodyWriter.Find(http);
        if (artifact.TryGetMemory(out var bytes))
        {
            bytes = bytes.Slice((int)piece.Offset, (int)piece.Length);
            if (direct is not null)
            {
                return (piece.Length, Outcome(await DirectBodyWriter.SendAsync(response, direct, bytes)));
            }

            var flushed = await response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
            return (piece.Length, Outcome(!flushed.IsCompleted && !flushed.IsCanceled));
        }

        if (direct is not null && artifact.TryGetFile(out var file, out var offset) && file is not null)
        {
            var range = (offset + piece.Offset, piece.Length);
            return (piece.Length, Outcome(await DirectBodyWriter.SendFileAsync(response, direct, file, range)));
        }

        return await CopyArtifactAsync(http, piece);
    }

    // What was copied before damage was met is right, and on its way.
    private static async ValueTask<(long Sent, PieceOutcome Outcome)> CopyArtifactAsync(
        HttpContext http, BodyPiece piece)
    {
        var writer = new CountingWriter(http.Response.BodyWriter);
        var copied = await piece.Artifact!.CopyToAsync(writer, piece.Offset, piece.Length, http.RequestAborted);
        return (writer.Count, copied.Error is not null ? PieceOutcome.Damaged : Outcome(writer.Count == piece.Length));
    }

    private static PieceOutcome Outcome(bool goesOn) => goesOn ? PieceOutcome.Sent : PieceOutcome.Left;

    private enum PieceOutcome
    {
        /// <summary>All of it was sent.</summary>
        Sent,

        /// <summary>The client has left.</summary>
        Left,

        /// <summary>The store cannot read it to its end.</summary>
        Damaged,
    }
}
