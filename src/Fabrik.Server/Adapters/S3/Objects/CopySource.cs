using System.Globalization;
using System.Text;
using Fabrik.Wire.Http;
using Fabrik.Wire.S3;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>What <c>x-amz-copy-source</c> names.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
internal readonly record struct CopySource(string Bucket, string Key)
{
    private const string Header = "x-amz-copy-source";

    /// <summary>Whether a request is a copy.</summary>
    public static bool IsIn(S3Call call) => call.Http.Request.Headers.ContainsKey(Header);

    /// <summary>Reads the header: <c>[/]bucket/key[?versionId=]</c>, escaped as in a path.</summary>
    public static S3Fault? TryRead(S3Call call, out CopySource source)
    {
        source = default;
        var raw = call.Header(Header) ?? "";
        var question = raw.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? raw : raw[..question];
        if (question >= 0
            && (!new S3Query(raw[(question + 1)..]).TryGet("versionId", out var version) || version is not "null"))
        {
            return S3Faults.NoSuchVersion;
        }

        if (!S3Uri.TryDecode(path, plusIsSpace: false, out var decoded))
        {
            return S3Faults.InvalidArgument.With($"{Header} is not valid UTF-8 in %-escapes");
        }

        decoded = decoded.StartsWith('/') ? decoded[1..] : decoded;
        var slash = decoded.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == decoded.Length - 1)
        {
            return S3Faults.InvalidArgument.With($"{Header} must be a bucket, a slash and a key");
        }

        source = new CopySource(decoded[..slash], decoded[(slash + 1)..]);
        return Encoding.UTF8.GetByteCount(source.Key) > S3Target.MaxKeyBytes ? S3Faults.KeyTooLong
            : call.Options.Find(source.Bucket) is null ? S3Faults.NoSuchBucket
            : null;
    }

    /// <summary>Reads <c>x-amz-copy-source-range</c>, which has to lie within the source.</summary>
    public static S3Fault? TryReadRange(S3Call call, long size, out ByteRange range)
    {
        range = new ByteRange(0, size);
        var raw = call.Header(Header + "-range");
        if (raw is null)
        {
            return null;
        }

        var bounds = raw.StartsWith("bytes=", StringComparison.Ordinal) ? raw[6..].Split('-') : [];
        if (bounds.Length != 2
            || !long.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || first > last)
        {
            return S3Faults.InvalidArgument.With($"{Header}-range must be bytes=first-last");
        }

        range = new ByteRange(first, last - first + 1);
        return last >= size ? S3Faults.InvalidRange : null;
    }
}
