using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Bodies that are small, and are looked at before anything is stored.</summary>
internal static class DocumentBody
{
    /// <summary>Reads a body whole.</summary>
    /// <param name="body">The body.</param>
    /// <param name="max">The most bytes.</param>
    /// <param name="announced">The digest that the sender said it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<CacheResult<byte[]>> ReadAsync(
        PipeReader body, int max, ContentDigest? announced, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await RequestBody.ReadAsync(body, max, cancellationToken);
            return bytes is null
                ? CacheError.Client(CacheErrorKind.TooLarge, $"the document is larger than {max} bytes")
                : announced is { } digest && digest != new ContentDigest(SHA256.HashData(bytes))
                    ? CacheError.Client(CacheErrorKind.DigestMismatch, "the body has another digest than was announced")
                    : bytes;
        }
        catch (IOException gone)
        {
            return new CacheError(CacheErrorKind.Incomplete, CacheErrorSource.Client, "the sender went away", gone);
        }
    }
}
