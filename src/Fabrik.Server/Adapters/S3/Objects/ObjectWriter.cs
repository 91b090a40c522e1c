using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>
/// Stores an object under the key of a request: what PutObject, CopyObject and CompleteMultipartUpload have in common.
/// </summary>
/// <remarks>
/// A PUT replaces what is there, as S3 says, if its key may overwrite. A key that may not keeps what is there: the same
/// bytes are answered as if they had been stored, others with PreconditionFailed, which sccache takes for "it is there
/// already" and everybody else for the failure that it is.
/// </remarks>
internal sealed class ObjectWriter(ServerServices services, FaultReport faults)
{
    /// <summary>The most bytes of an object.</summary>
    public long MaxSize => services.Options.MaxArtifactSize;

    /// <summary>Whether a write may begin.</summary>
    public async ValueTask<S3Fault?> AdmitAsync(S3Call call)
    {
        if (!call.Principal.May(Permissions.Write))
        {
            return S3Faults.WriteDenied;
        }

        return call.Condition is { } condition ? await CheckAsync(call, condition) : null;
    }

    /// <summary>Whether a write or a deletion is worth beginning, by what is there now.</summary>
    public async ValueTask<S3Fault?> CheckAsync(S3Call call, WriteCondition condition)
    {
        var found = await services.CacheOf(call.Principal).StatAsync(call.WriteId, call.Aborted);
        if (!found.TryGet(out var current, out var error))
        {
            faults.Report(error);
            return S3Faults.OfWrite(error);
        }

        return ObjectConditions.AtFirst(condition, current);
    }

    /// <summary>Stores an object.</summary>
    /// <param name="call">The request that names it.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="size">How many; <see langword="null"/> if it is not known.</param>
    /// <param name="digest">Their SHA-256, where it is known.</param>
    /// <param name="describe">Asked at the end of the body: what is kept with the object.</param>
    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        S3Call call,
        PipeReader body,
        long? size,
        ContentDigest? digest,
        Func<CacheResult<IReadOnlyList<KeyValuePair<string, string>>>> describe)
    {
        var metadata = new ArtifactMetadata
        {
            Tool = S3Call.Namespace,
            Key = call.Target.Key,
            Listing = call.Listing,
        };
        return await services.CacheOf(call.Principal).PutAsync(
            call.WriteId,
            body,
            new PutOptions
            {
                Metadata = metadata,
                AtEnd = known => describe().TryGet(out var properties, out var error)
                    ? known with { Properties = properties }
                    : error,
                ExpectedSize = size,
                ExpectedDigest = digest,
                MaxSize = MaxSize,
                Overwrite = call.Principal.May(Permissions.Overwrite)
                    && !RequestConditions.IsCreation(call.Http.Request),
                Expects = call.Condition is { } condition ? condition.Holds : null,
                TimeToLive = call.Bucket.TimeToLive,
            },
            call.Aborted);
    }

    /// <summary>What to tell of an outcome that is no error.</summary>
    public static S3Fault? FaultOf(S3Call call, PutOutcome outcome) => outcome switch
    {
        PutOutcome.Stored => null,
        _ when RequestConditions.IsCreation(call.Http.Request) => S3Faults.PreconditionFailed,
        PutOutcome.Identical => null,
        _ => S3Faults.Kept,
    };

    /// <summary>What to tell of an error: a condition that no longer holds is a conflict too.</summary>
    public static S3Fault FaultOf(S3Call call, CacheError error) =>
        error.Kind == CacheErrorKind.Conflict && call.Condition is { } condition
            ? ObjectConditions.AtLast(condition)
            : S3Faults.OfWrite(error);
}
