using Fabrik.Cache;
using Fabrik.Server.Transport;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Sends an artifact, or a part of it, as the body of an answer whose headers are set.</summary>
internal static class ArtifactBody
{
    /// <summary>Sends it the cheapest way that artifact and connection have.</summary>
    /// <returns>Why not all could be read; <see langword="null"/> if all was sent, or the client went away.</returns>
    public static async ValueTask<CacheError?> SendAsync(HttpContext http, CachedArtifact artifact, ByteRange range)
    {
        var response = http.Response;
        var direct = DirectBodyWriter.Find(http);
        if (artifact.TryGetMemory(out var bytes))
        {
            bytes = bytes.Slice((int)range.Offset, (int)range.Length);
            if (direct is null)
            {
                await response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
            }
            else
            {
                await DirectBodyWriter.SendAsync(response, direct, bytes);
            }

            return null;
        }

        if (direct is not null && artifact.TryGetFile(out var file, out var offset) && file is not null)
        {
            await DirectBodyWriter.SendFileAsync(response, direct, file, (offset + range.Offset, range.Length));
            return null;
        }

        var copied = await artifact.CopyToAsync(
            response.BodyWriter, range.Offset, range.Length, http.RequestAborted);
        return copied.Error;
    }

    /// <summary>
    /// After a failure: whether another answer can be given yet. If not the connection is broken off, as the length was
    /// promised: only that tells a tool that these bytes are not all.
    /// </summary>
    public static bool TryTakeBack(HttpContext http)
    {
        if (http.Response.HasStarted || http.Response.BodyWriter.UnflushedBytes > 0)
        {
            http.Abort();
            return false;
        }

        http.Response.Clear();
        return true;
    }
}
