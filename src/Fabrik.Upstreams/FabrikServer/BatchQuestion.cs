using System.Runtime.InteropServices;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>
/// Asks a server about many artifacts at once. One that knows no batches is asked one by one, several at a time and not
/// about all: what it is not asked about counts as missing, which costs an upload and never a wrong answer.
/// </summary>
/// <param name="calls">The server.</param>
/// <param name="time">When a server that knew no batches is given another chance.</param>
internal sealed class BatchQuestion(ServerCalls calls, TimeProvider time)
{
    /// <summary>Questions that are under way at a time, where there are no batches.</summary>
    public const int MaxSingles = 16;

    /// <summary>Questions for one batch at most, where there are none.</summary>
    public const int MaxSinglesInAll = 4096;

    private static readonly TimeSpan OldFor = TimeSpan.FromMinutes(10);

    private long _oldUntil = long.MinValue;

    /// <summary>Asks; <paramref name="found"/> has the answers.</summary>
    public async ValueTask<CacheResult<Unit>> AskAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        while (ids.Length > 0)
        {
            var count = Math.Min(ids.Length, FabrikContract.MaxBatch);
            var asked = IsOld
                ? await AskSinglyAsync(ids[..count], found[..count], cancellationToken)
                : await AskOnceAsync(ids[..count], found[..count], cancellationToken);
            if (asked.Error is not null)
            {
                return asked;
            }

            ids = ids[count..];
            found = found[count..];
        }

        return default(Unit);
    }

    private bool IsOld => time.GetTimestamp() < Interlocked.Read(ref _oldUntil);

    private async ValueTask<CacheResult<Unit>> AskOnceAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        var request = new BatchExistsRequest { Hashes = ByteString.CopyFrom(MemoryMarshal.AsBytes(ids.Span)) };
        var answer = await calls.CallAsync(FabrikCacheMethods.BatchExists, request, cancellationToken);
        if (!answer.TryGet(out var response, out var error))
        {
            if (error.Cause is not RpcException { StatusCode: StatusCode.Unimplemented })
            {
                return error;
            }

            var pause = (long)(OldFor.TotalSeconds * time.TimestampFrequency);
            Interlocked.Exchange(ref _oldUntil, time.GetTimestamp() + pause);
            return await AskSinglyAsync(ids, found, cancellationToken);
        }

        return FoundBits.TryUnpack(response.Found.Span, found.Span)
            ? default(Unit)
            : calls.Broken($"answered {response.Found.Length} bytes to a batch of {ids.Length}");
    }

    private async ValueTask<CacheResult<Unit>> AskSinglyAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        found.Span.Clear();
        CacheError? failure = null;
        await Parallel.ForAsync(
            0,
            Math.Min(ids.Length, MaxSinglesInAll),
            new ParallelOptions { MaxDegreeOfParallelism = MaxSingles, CancellationToken = cancellationToken },
            async (i, ended) =>
            {
                if (Volatile.Read(ref failure) is not null)
                {
                    return;
                }

                var request = new ExistsRequest { Hash = ids.Span[i].ToString() };
                var answer = await calls.CallAsync(FabrikCacheMethods.Exists, request, ended);
                if (answer.TryGet(out var response, out var error))
                {
                    found.Span[i] = response.Exists;
                }
                else
                {
                    Volatile.Write(ref failure, error);
                }
            });
        return failure is null ? default(Unit) : failure;
    }
}
