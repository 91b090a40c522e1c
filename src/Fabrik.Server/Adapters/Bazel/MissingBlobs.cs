using System.Buffers;
using System.Collections.Concurrent;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Says which blobs are not there, and has those stay that are.</summary>
internal sealed class MissingBlobs(RpcDoor door, BlobSpace blobs)
{
    // Fewer digests are not worth waking other threads.
    private const int MinShared = 1024;

    private readonly RequestCheck _check = new(door);

    /// <summary>A digest that is asked for twice is answered twice, if it is missing.</summary>
    public async Task<DigestAnswer> AnswerAsync(DigestQuestion question, BazelCall call)
    {
        var count = question.Count;
        if (count > BlobLimit.Digests)
        {
            throw _check.Invalid($"blob_digests has at most {BlobLimit.Digests} digests, not {count}");
        }

        var ids = ArrayPool<ArtifactId>.Shared.Rent(count);
        var found = ArrayPool<bool>.Shared.Rent(count);
        try
        {
            MakeIds(question, BlobSpace.KeysOf(call.Principal), ids);
            var asked = await blobs.ContainsAsync(
                call.Principal, ids.AsMemory(0, count), found.AsMemory(0, count), call.Ended);
            return asked.Error is { } error ? throw door.Fail(error) : Answer(question, found);
        }
        finally
        {
            ArrayPool<ArtifactId>.Shared.Return(ids);
            ArrayPool<bool>.Shared.Return(found);
        }
    }

    /// <summary>An id costs a hash, so that those of many digests are made by all processors.</summary>
    private void MakeIds(DigestQuestion question, ArtifactKeySpace keys, ArtifactId[] ids)
    {
        var bad = -1;
        if (question.Count < MinShared)
        {
            MakeIds(0, question.Count);
        }
        else
        {
            Parallel.ForEach(Partitioner.Create(0, question.Count), range => MakeIds(range.Item1, range.Item2));
        }

        if (bad >= 0)
        {
            _ = _check.Digest(question.MessageOf(bad), "blob_digests");
        }

        void MakeIds(int start, int end)
        {
            for (var i = start; i < end; i++)
            {
                var digest = question[i];
                if (digest.IsGood)
                {
                    ids[i] = keys.IdOf(digest.Hash);
                }
                else
                {
                    Volatile.Write(ref bad, i);
                }
            }
        }
    }

    private static DigestAnswer Answer(DigestQuestion question, bool[] found)
    {
        var answer = new DigestAnswer(question);
        for (var i = 0; i < question.Count; i++)
        {
            if (!found[i] && question[i].Size != 0)
            {
                answer.Add(i);
            }
        }

        return answer;
    }
}
