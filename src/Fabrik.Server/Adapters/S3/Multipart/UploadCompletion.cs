using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.S3.Bodies;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>CompleteMultipartUpload: the parts that the client names become one object, in their order.</summary>
internal sealed class UploadCompletion(
    ServerServices services, FaultReport faults, Uploads uploads, UploadStaging staging, ObjectWriter writer)
{
    private const long MinPartSize = 5 * 1024 * 1024;

    /// <summary>CompleteMultipartUpload.</summary>
    public async ValueTask<S3Fault?> CompleteAsync(S3Call call)
    {
        if (await writer.AdmitAsync(call) is { } refused)
        {
            return refused;
        }

        var (fault, bytes) = await S3RequestDocument.ReadAsync(call, hasChecksum: false);
        if (fault is not null)
        {
            return fault;
        }

        if (!S3XmlRequests.TryReadCompleteUpload(bytes, out var named, out var problem))
        {
            return S3Faults.MalformedXml.With(problem);
        }

        if (!(await uploads.FindAsync(call)).TryGet(out var upload, out var missing))
        {
            var tag = TagOf([.. named.Select(part => part.ETag)]);
            return missing == S3Faults.NoSuchUpload && await IsCompletedAsync(call, tag)
                ? await AnswerAsync(call, tag)
                : missing;
        }

        return (await CheckAsync(call, upload, named)).TryGet(out var parts, out var wrong)
            ? await StoreAsync(call, upload, parts)
            : wrong;
    }

    private async ValueTask<S3Result<List<StagedPart>>> CheckAsync(
        S3Call call, StagedUpload upload, IReadOnlyList<S3CompletedPart> named)
    {
        List<StagedPart> parts = new(named.Count);
        var size = 0L;
        foreach (var part in named)
        {
            if (parts.Count > 0 && part.Number <= parts[^1].Number)
            {
                return S3Faults.InvalidPartOrder;
            }

            if (parts.Count > 0 && parts[^1].Info.Size < MinPartSize)
            {
                return S3Faults.EntityTooSmall;
            }

            var found = await staging.StatAsync(call, upload, part.Number);
            if (!found.TryGet(out var info, out var error))
            {
                faults.Report(error);
                return S3Faults.OfWrite(error);
            }

            if (info is null || !IsNamed(part, info))
            {
                return S3Faults.InvalidPart;
            }

            parts.Add(new StagedPart(part.Number, info));
            size += info.Size;
        }

        return size > writer.MaxSize ? S3Faults.EntityTooLarge : parts;
    }

    private static bool IsNamed(S3CompletedPart named, ArtifactInfo part) =>
        named.ETag == part.Metadata.Find(ObjectMetadata.ETag)
        && (named.Checksum is null
            || part.Metadata.Find(ChecksumNames.HeaderOf(named.Algorithm)) is not { } kept
            || kept == named.Checksum);

    private async ValueTask<S3Fault?> StoreAsync(S3Call call, StagedUpload upload, List<StagedPart> parts)
    {
        var tag = TagOf([.. parts.Select(part => part.Info.Metadata.Find(ObjectMetadata.ETag) ?? "")]);
        var checksum = WholeChecksum.Read(call);
        using LongAnswer answer = new(call, faults, services.Time);
        await using StoredBody body = new(OpenAsync(call, upload, parts), checksum.Algorithm, call.Aborted);
        var size = parts.Sum(part => part.Info.Size);
        var result = await answer.WaitAsync(writer.PutAsync(call, body.Reader, size, digest: null, () =>
            !checksum.Holds(body.Checksums)
                ? CacheError.Client(CacheErrorKind.DigestMismatch, S3Faults.BadDigest.Message)
                : (List<KeyValuePair<string, string>>)
                [
                    .. upload.Properties,
                    new(ObjectMetadata.ETag, tag),
                    .. PartSizeOf(parts),
                    .. checksum.Properties,
                ]));
        if (!result.TryGet(out var outcome, out var error))
        {
            error = body.Error ?? error;
            faults.Report(error);
            return await answer.EndAsync(ObjectWriter.FaultOf(call, error));
        }

        if (ObjectWriter.FaultOf(call, outcome) is { } kept)
        {
            return await answer.EndAsync(kept);
        }

        if (await answer.WaitAsync(staging.RemoveAsync(call, upload)) is { } left)
        {
            faults.Report(left);
        }

        if (!answer.HasBegun)
        {
            return await AnswerAsync(call, tag);
        }

        await answer.SendAsync(to => S3Xml.WriteCompletedUpload(
            to, DocumentOf(call, tag) with { OmitDeclaration = true }));
        return null;
    }

    // Whether a client asks again that did not hear the answer.
    private async ValueTask<bool> IsCompletedAsync(S3Call call, string tag)
    {
        var found = await services.CacheOf(call.Principal).StatAsync(call.WriteId, call.Aborted);
        return found.TryGet(out var info, out _) && info?.Metadata.Find(ObjectMetadata.ETag) == tag;
    }

    private static ValueTask<S3Fault?> AnswerAsync(S3Call call, string tag) =>
        S3Answers.SendAsync(call, to => S3Xml.WriteCompletedUpload(to, DocumentOf(call, tag)));

    private static S3CompletedUpload DocumentOf(S3Call call, string tag)
    {
        var request = call.Http.Request;
        var key = Uri.EscapeDataString(call.Target.Key);
        var location = $"{request.Scheme}://{request.Host}/{call.Bucket.Name}/{key}";
        return new S3CompletedUpload(location, call.Bucket.Name, call.Target.Key, $"\"{tag}\"");
    }

    private async IAsyncEnumerable<CacheResult<(CachedArtifact Artifact, ByteRange Range)>> OpenAsync(
        S3Call call,
        StagedUpload upload,
        List<StagedPart> parts,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var part in parts)
        {
            var opened = await staging.OpenAsync(call, upload, part.Number, cancellationToken);
            if (!opened.TryGet(out var artifact, out var error))
            {
                yield return error;
            }
            else if (artifact is null || artifact.Info.Digest != part.Info.Digest)
            {
                // Evicted, or replaced, since it was looked at.
                await (artifact?.DisposeAsync() ?? ValueTask.CompletedTask);
                yield return CacheError.Internal(CacheErrorKind.Damaged, $"part {part.Number} is not there any more");
            }
            else
            {
                yield return (artifact, new ByteRange(0, artifact.Info.Size));
            }
        }
    }

    // Where all parts but the last have one size, it tells where each part lies.
    private static IEnumerable<KeyValuePair<string, string>> PartSizeOf(List<StagedPart> parts)
    {
        var size = parts[0].Info.Size;
        return parts.SkipLast(1).All(part => part.Info.Size == size) && parts[^1].Info.Size <= size
            ? [new(ObjectMetadata.PartSize, size.ToString(CultureInfo.InvariantCulture))]
            : [];
    }

    [SuppressMessage("Security", "CA5351", Justification = "MD5 is what S3 calls an ETag, no protection.")]
    private static string TagOf(IReadOnlyList<string> tags)
    {
        // What is no MD5 makes a tag that no object has.
        byte[] digests = [.. tags.Where(tag => tag.Length == 32 && tag.All(char.IsAsciiHexDigit))
            .SelectMany(Convert.FromHexString)];
        return string.Create(
            CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(digests))}-{tags.Count}");
    }
}
