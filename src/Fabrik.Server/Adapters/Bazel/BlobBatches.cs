using Fabrik.Cache;
using Fabrik.Cache.Native.Zstd;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using static Fabrik.Wire.Protos.Bazel.V2.Compressor.Types;
using BlobStatus = Fabrik.Wire.Protos.Google.Rpc.Status;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Small blobs, many in a message. Each has a status of its own.</summary>
internal sealed class BlobBatches(RpcDoor door, BlobSpace blobs)
{
    /// <summary>Below it a frame saves no packet.</summary>
    private const int MinCompressed = 512;

    private static readonly BlobStatus Good = new();

    private readonly RequestCheck _check = new(door);
    private readonly BlobReader _reader = new(blobs);

    /// <summary>Takes blobs.</summary>
    public async ValueTask<BatchUpdateBlobsResponse> UpdateAsync(BatchUpdateBlobsRequest request, BazelCall call)
    {
        CheckTotal(
            request.Requests.Count,
            request.Requests.Sum(static blob => blob.Compressor == Value.Identity
                ? blob.Data.Length
                : Bounded(blob.Digest)));
        var responses = new BatchUpdateBlobsResponse.Types.Response[request.Requests.Count];
        await EachAsync(responses.Length, call, async (i, cancellationToken) =>
        {
            var blob = request.Requests[i];
            door.ReceivedBytes(blob.Data.Length);
            var fault = await StoreAsync(blob, call, cancellationToken);
            responses[i] = new() { Digest = blob.Digest, Status = fault is null ? Good : StatusOf(fault) };
        });
        return new BatchUpdateBlobsResponse { Responses = { responses } };
    }

    /// <summary>Gives blobs.</summary>
    public async ValueTask<BlobBatch> ReadAsync(BatchReadBlobsRequest request, BazelCall call)
    {
        CheckTotal(request.Digests.Count, request.Digests.Sum(Bounded));
        var compresses = request.AcceptableCompressors.Contains(Value.Zstd);
        var batch = new BlobBatch(request.Digests.Count);
        var reads = new List<Task>(BlobLimit.Parallel);
        try
        {
            for (var i = 0; i < request.Digests.Count; i++)
            {
                // What lies here is there at once; only what is far away is waited for.
                var read = ReadAsync(batch, i, (request.Digests[i], compresses), call);
                if (read.IsCompletedSuccessfully)
                {
                    continue;
                }

                reads.Add(read.AsTask());
                if (reads.Count == BlobLimit.Parallel)
                {
                    await Task.WhenAny(reads);
                    reads.RemoveAll(static one => one.IsCompletedSuccessfully);
                }
            }

            await Task.WhenAll(reads);
            return batch;
        }
        catch
        {
            await Task.WhenAll(reads).ContinueWith(static _ => { }, TaskScheduler.Default);
            await batch.DisposeAsync();
            throw;
        }
    }

    // Sizes come from the client: each counts at most as one that is too many, so that their sum cannot overflow.
    private static long Bounded(Digest? digest) => Math.Clamp(digest?.SizeBytes ?? 0, 0, BlobLimit.Batch + 1L);

    private static Task EachAsync(int count, BazelCall call, Func<int, CancellationToken, ValueTask> serve) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = BlobLimit.Parallel, CancellationToken = call.Ended },
            serve);

    private void CheckTotal(int count, long total)
    {
        if (count > BlobLimit.Digests || total > BlobLimit.Batch)
        {
            throw _check.Invalid(
                $"a batch has at most {BlobLimit.Digests} blobs and {BlobLimit.Batch} bytes of them, not compressed");
        }
    }

    private async ValueTask<CacheError?> StoreAsync(
        BatchUpdateBlobsRequest.Types.Request blob, BazelCall call, CancellationToken cancellationToken)
    {
        if (!BlobDigest.TryParse(blob.Digest, out var digest, out var error)
            || !TryDecompress(blob, digest, out var content, out error))
        {
            return CacheError.Client(CacheErrorKind.InvalidRequest, error);
        }

        if (content.Length != digest.Size)
        {
            return CacheError.Client(
                CacheErrorKind.DigestMismatch, $"{content.Length} bytes came for the blob {digest}");
        }

        if (digest.IsEmpty)
        {
            return null;
        }

        return (await blobs.PutAsync(call.Principal, digest, content, cancellationToken)).Error;
    }

    private static bool TryDecompress(
        BatchUpdateBlobsRequest.Types.Request blob,
        BlobDigest digest,
        out ReadOnlyMemory<byte> content,
        out string error)
    {
        (content, error) = (blob.Data.Memory, "");
        switch (blob.Compressor)
        {
            case Value.Identity:
                return true;
            case Value.Zstd:
                // No larger than a batch, which was checked.
                var bytes = new byte[digest.Size];
                content = bytes;
                var isGood = ZstdFrames.TryDecompress(blob.Data.Span, bytes, out var reason);
                error = $"the zstd data of the blob {digest} is wrong: {reason}";
                return isGood;
            default:
                error = $"the compressor {blob.Compressor} is not served: expected IDENTITY or ZSTD";
                return false;
        }
    }

    private async ValueTask ReadAsync(
        BlobBatch batch, int index, (Digest Message, bool Compresses) wanted, BazelCall call)
    {
        call.Ended.ThrowIfCancellationRequested();
        var response = new BatchReadBlobsResponse.Types.Response { Digest = wanted.Message, Status = Good };
        if (!BlobDigest.TryParse(wanted.Message, out var digest, out var reason))
        {
            response.Status = StatusOf(CacheError.Client(CacheErrorKind.InvalidRequest, reason));
            batch.Set(index, response);
            return;
        }

        var read = await _reader.LendAsync(call.Principal, digest, call.Ended);
        if (!read.TryGet(out var blob, out var error))
        {
            response.Status = StatusOf(error);
            batch.Set(index, response);
        }
        else if (blob is not { } bytes)
        {
            door.Miss();
            response.Status = new() { Code = (int)StatusCode.NotFound, Message = $"there is no blob {digest}" };
            batch.Set(index, response);
        }
        else
        {
            door.Hit();
            var data = bytes.Bytes;
            var frame = wanted.Compresses && data.Length >= MinCompressed ? ZstdFrames.Compress(data.Span) : null;
            response.Compressor = frame is null ? Value.Identity : Value.Zstd;
            data = frame ?? data;
            batch.Set(index, response, data, bytes.Owner);
            door.SentBytes(data.Length);
        }
    }

    private BlobStatus StatusOf(CacheError error)
    {
        var status = door.Report(error);
        return new BlobStatus { Code = (int)status.StatusCode, Message = status.Detail };
    }
}
