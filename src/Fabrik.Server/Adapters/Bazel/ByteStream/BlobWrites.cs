using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Server.Adapters.Bazel.ByteStream;

/// <summary>Takes Write.</summary>
/// <param name="door">Counts what fails.</param>
/// <param name="blobs">Where blobs go.</param>
/// <param name="parked">Where uploads wait that broke off.</param>
/// <param name="maxSize">The most bytes that a blob may have.</param>
internal sealed class BlobWrites(RpcDoor door, BlobSpace blobs, ParkedUploads parked, long maxSize)
{
    /// <summary>Smaller blobs are sent again in less time than a client needs to ask how much has come.</summary>
    public const long MinResumable = 1024 * 1024;

    /// <summary>What a compressed upload of a blob that is there, or comes to be there, is answered with.</summary>
    private const long CompressedAndThere = -1;

    private readonly RequestCheck _check = new(door);

    /// <summary>
    /// A write lives so: (1) the first message names the blob; (2) if that is there, the rest is not waited for; (3)
    /// its bytes are stored as they come, and kept if they have the digest; (4) without an end that was said, the
    /// answer says how much another stream need not send again.
    /// </summary>
    public async Task<WriteResponse> ReceiveAsync(IAsyncStreamReader<ChunkMessage<WriteRequest>> stream, BazelCall call)
    {
        // (1)
        if (!await stream.MoveNext(call.Ended))
        {
            throw _check.Invalid("a Write has at least one message");
        }

        // (2)
        var header = stream.Current.Header ?? new WriteRequest();
        var isBegun = false;
        try
        {
            var name = NameOf(header);
            if (await IsThereAsync(name.Digest, call))
            {
                return new WriteResponse { CommittedSize = SizeOfWhole(name) };
            }

            // (3)
            isBegun = true;
            return name.Coding == BlobCoding.Identity && name.Digest.Size >= MinResumable
                ? await GoOnAsync(name, header, stream, call)
                : await StoreAsync(name, header, stream, call);
        }
        finally
        {
            if (!isBegun)
            {
                stream.Current.Dispose();
            }
        }
    }

    private ResourceName NameOf(WriteRequest header)
    {
        if (!ResourceName.TryParseWrite(header.ResourceName, out var name, out var fault))
        {
            throw _check.Invalid(fault);
        }

        return name.Digest.Size <= maxSize
            ? name
            : throw door.Fail(CacheError.Client(
                CacheErrorKind.TooLarge, $"the blob has {name.Digest.Size} bytes: expected {maxSize} at most"));
    }

    // A tier that cannot say is asked to store, and fails with a reason.
    private async ValueTask<bool> IsThereAsync(BlobDigest digest, BazelCall call)
    {
        if (digest.IsEmpty)
        {
            return true;
        }

        var found = await blobs.ContainsAsync(call.Principal, [digest], call.Ended);
        return found.TryGet(out var isThere, out _) && isThere[0];
    }

    private async Task<WriteResponse> StoreAsync(
        ResourceName name, WriteRequest header, IAsyncStreamReader<ChunkMessage<WriteRequest>> stream, BazelCall call)
    {
        var rules = WriteRules.For(header.ResourceName, name);
        using var body = new ChunkReader<WriteRequest>(stream, stream.Current, rules);
        try
        {
            var stored = await (name.Coding == BlobCoding.Identity
                ? blobs.PutAsync(call.Principal, name.Digest, body, call.Ended)
                : DecodeAsync(name, body, call));
            // (4)
            return rules.IsUnfinished
                ? new WriteResponse()
                : Answer(stored.Error is not null && body.Fault is { } fault ? fault : stored, name, body.Received);
        }
        finally
        {
            door.ReceivedBytes(body.Received);
        }
    }

    private async ValueTask<CacheResult<PutOutcome>> DecodeAsync(ResourceName name, PipeReader body, BazelCall call)
    {
        await using var decoded = new ZstdBody(body, name.Digest.Size);
        return await decoded.StoreAsync(content => blobs.PutAsync(call.Principal, name.Digest, content, call.Ended));
    }

    private async Task<WriteResponse> GoOnAsync(
        ResourceName name, WriteRequest header, IAsyncStreamReader<ChunkMessage<WriteRequest>> stream, BazelCall call)
    {
        var (principal, key) = (call.Principal, (call.Principal.Tenant, name));
        var upload = parked.Take(key, header.WriteOffset);
        Task paused;
        if (upload is not null)
        {
            paused = upload.Continue(stream, call.Ended);
        }
        else
        {
            upload = new ResumableUpload(key, parked, WriteRules.For(header.ResourceName, name), stream, call.Ended);
            paused = upload.Start(body => blobs.PutAsync(principal, name.Digest, body, CancellationToken.None));
        }

        try
        {
            await Task.WhenAny(upload.Stored, paused);
            if (upload.Stored.IsCompleted)
            {
                var stored = await upload.Stored;
                return upload.IsUnfinished ? new WriteResponse() : Answer(stored, name, upload.Received);
            }

            // (4)
            call.Ended.ThrowIfCancellationRequested();
            return new WriteResponse { CommittedSize = upload.Received };
        }
        finally
        {
            door.ReceivedBytes(upload.TakeUncounted());
        }
    }

    private WriteResponse Answer(CacheResult<PutOutcome> stored, ResourceName name, long received) =>
        stored.TryGet(out var outcome, out var error)
            ? new WriteResponse { CommittedSize = outcome == PutOutcome.Stored ? received : SizeOfWhole(name) }
            : throw door.Fail(error);

    // Whatever has come of it; see the specification on uploads that another client has completed.
    private static long SizeOfWhole(ResourceName name) =>
        name.Coding == BlobCoding.Identity ? name.Digest.Size : CompressedAndThere;
}
