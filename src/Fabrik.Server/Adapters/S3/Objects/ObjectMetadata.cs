using System.Text;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>
/// What S3 keeps with an object, as properties of its entry: the ETag, the headers of its content, its checksum, and
/// <c>x-amz-meta-*</c>.
/// </summary>
internal static class ObjectMetadata
{
    /// <summary>The property with the ETag, without its quotes.</summary>
    public const string ETag = "etag";

    /// <summary>The property with the size of all parts but the last, of an object that came in equal parts.</summary>
    public const string PartSize = "s3-part-size";

    private const string UserPrefix = "x-amz-meta-";
    private const int MaxUserBytes = 2048;
    private const string DefaultType = "binary/octet-stream";
    private const string ChunkedCoding = "aws-chunked";

    private static readonly string[] ContentHeaders =
        ["Content-Type", "Content-Encoding", "Content-Disposition", "Content-Language", "Cache-Control", "Expires"];

    private static readonly (string Parameter, string Header)[] Overrides =
        [.. ContentHeaders.Select(header => ($"response-{header.ToLowerInvariant()}", header))];

    // What is asked for here, and would not be done.
    private static readonly string[] Refused =
    [
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-tagging",
        "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold", "x-amz-website-redirect-location",
    ];

    /// <summary>Reads what a request says of the object that it makes.</summary>
    public static S3Fault? TryRead(S3Call call, out List<KeyValuePair<string, string>> properties)
    {
        properties = [];
        if (Refused.FirstOrDefault(name => call.Header(name) is { Length: > 0 }) is { } refused)
        {
            return S3Faults.NotImplemented(refused);
        }

        foreach (var name in ContentHeaders)
        {
            var value = call.Http.Request.Headers[name].ToString();
            value = name == "Content-Encoding" ? WithoutChunks(value) : value;
            if (value.Length > 0)
            {
                properties.Add(new(name.ToLowerInvariant(), value));
            }
        }

        var userBytes = 0;
        foreach (var (name, values) in call.Http.Request.Headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var value = string.Join(",", values.ToArray());
                userBytes += name.Length - UserPrefix.Length + Encoding.UTF8.GetByteCount(value);
                properties.Add(new(name.ToLowerInvariant(), value));
            }
        }

        return userBytes > MaxUserBytes ? S3Faults.MetadataTooLarge : null;
    }

    /// <summary>The properties of an object that are its maker's, to be kept with a copy.</summary>
    public static List<KeyValuePair<string, string>> Inherited(ArtifactInfo info) =>
        [.. info.Metadata.Properties.Where(property =>
            property.Key.StartsWith(UserPrefix, StringComparison.Ordinal)
            || ContentHeaders.Contains(property.Key, StringComparer.OrdinalIgnoreCase))];

    /// <summary>The ETag of an entry, with quotes. One that lacks it came by another way than this door.</summary>
    public static string TagOf(ArtifactInfo info) =>
        $"\"{info.Metadata.Find(ETag) ?? $"{info.Digest.ToString()[..32]}-1"}\"";

    /// <summary>When an object was written, to the second as headers have it.</summary>
    public static string LastModified(ArtifactInfo info) => HttpDate.Format(info.CreatedAt);

    /// <summary>Tells of an object in the headers of an answer.</summary>
    public static void Write(S3Call call, ArtifactInfo info)
    {
        var headers = call.Http.Response.Headers;
        headers.ETag = TagOf(info);
        headers.LastModified = LastModified(info);
        headers.AcceptRanges = "bytes";
        headers.ContentType = DefaultType;
        var wantsChecksum = string.Equals(
            call.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase)
            && call.Http.Request.Headers.Range.Count == 0;
        foreach (var (name, value) in info.Metadata.Properties)
        {
            var isShown = name.StartsWith(UserPrefix, StringComparison.Ordinal)
                || ContentHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
                || (wantsChecksum && name.StartsWith(ChecksumNames.HeaderPrefix, StringComparison.Ordinal));
            if (isShown)
            {
                headers[name] = HeaderText.Encode(value);
            }
        }
    }

    /// <summary>Takes the headers that the query of a GET asks for in place of those of the object.</summary>
    public static S3Fault? Override(S3Call call)
    {
        foreach (var (parameter, header) in Overrides)
        {
            if (!call.Target.Query.TryGet(parameter, out var value))
            {
                continue;
            }

            if (value.Any(char.IsControl))
            {
                return S3Faults.InvalidArgument.With($"{parameter} has control characters");
            }

            call.Http.Response.Headers[header] = HeaderText.Encode(value);
        }

        return null;
    }

    // The framing of the upload is none of the object's.
    private static string WithoutChunks(string encoding) => string.Join(
        ',',
        encoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(coding => !coding.Equals(ChunkedCoding, StringComparison.OrdinalIgnoreCase)));
}
