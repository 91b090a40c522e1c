using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Puts small outputs into a result where a client asks for them: it saves asking again.</summary>
internal sealed class InlinedOutputs(BlobSpace blobs)
{
    /// <summary>Bytes of all outputs that are put into a result.</summary>
    public const int MaxTotal = 1024 * 1024;

    private readonly BlobReader _reader = new(blobs);

    /// <summary>
    /// Puts in what is asked for, and fits. What cannot be read is left out: the client then asks for it, and hears
    /// why.
    /// </summary>
    /// <returns>Bytes that were put in.</returns>
    public async ValueTask<long> FillAsync(ActionResult result, GetActionResultRequest request, BazelCall call)
    {
        var room = Math.Min(MaxTotal, ActionResults.MaxResult - result.CalculateSize());
        var before = room;
        if (request.InlineStdout && result.StdoutRaw.IsEmpty
            && await ReadAsync(result.StdoutDigest, room, call) is { } stdout)
        {
            (result.StdoutRaw, room) = (stdout, room - stdout.Length);
        }

        if (request.InlineStderr && result.StderrRaw.IsEmpty
            && await ReadAsync(result.StderrDigest, room, call) is { } stderr)
        {
            (result.StderrRaw, room) = (stderr, room - stderr.Length);
        }

        if (request.InlineOutputFiles.Count == 0)
        {
            return before - room;
        }

        var wanted = new HashSet<string>(request.InlineOutputFiles, StringComparer.Ordinal);
        foreach (var file in result.OutputFiles)
        {
            if (file.Contents.IsEmpty && wanted.Contains(file.Path)
                && await ReadAsync(file.Digest, room, call) is { } contents)
            {
                (file.Contents, room) = (contents, room - contents.Length);
            }
        }

        return before - room;
    }

    /// <summary>
    /// Stores the outputs that a client put into its result as blobs, and takes them out of it: they count as there
    /// only in the store, and a client that wants them in a result says so.
    /// </summary>
    public async ValueTask<CacheError?> StoreAsync(
        CachePrincipal principal, ActionResult result, CancellationToken cancellationToken)
    {
        foreach (var file in result.OutputFiles)
        {
            if (file.Contents.IsEmpty || !BlobDigest.TryParse(file.Digest, out var digest, out _))
            {
                continue;
            }

            var contents = file.Contents;
            if (contents.Length != digest.Size
                || Convert.ToHexStringLower(SHA256.HashData(contents.Span)) != digest.Hash)
            {
                return CacheError.Client(
                    CacheErrorKind.DigestMismatch, $"the contents of \"{file.Path}\" do not have its digest");
            }

            var put = await blobs.PutAsync(principal, digest, contents.Memory, cancellationToken);
            if (put.Error is { } error)
            {
                return error;
            }

            file.Contents = ByteString.Empty;
        }

        return null;
    }

    private async ValueTask<ByteString?> ReadAsync(Digest? message, int room, BazelCall call)
    {
        if (!BlobDigest.TryParse(message, out var digest, out _) || digest.IsEmpty || digest.Size > room)
        {
            return null;
        }

        var read = await _reader.ReadAsync(call.Principal, digest, call.Ended);
        return read.TryGet(out var bytes, out _) && bytes is not null ? UnsafeByteOperations.UnsafeWrap(bytes) : null;
    }
}
