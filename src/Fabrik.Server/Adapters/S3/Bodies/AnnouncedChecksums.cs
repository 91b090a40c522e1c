using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Chunked;

namespace Fabrik.Server.Adapters.S3.Bodies;

/// <summary>The checksums that a sender gives of its body: in headers, or as trailers that are to come.</summary>
internal sealed record AnnouncedChecksums
{
    /// <summary>All that are to be taken.</summary>
    public ChecksumAlgorithms Algorithms { get; private init; }

    /// <summary>The value of Content-MD5; <see langword="null"/> without.</summary>
    public string? Md5 { get; private init; }

    /// <summary>The one checksum that is kept with the object, besides MD5.</summary>
    public ChecksumAlgorithms Kept { get; private init; }

    /// <summary>Its value; <see langword="null"/> while it is to come in a trailer.</summary>
    public string? Value { get; private init; }

    /// <summary>The trailers that are to come, lower-case.</summary>
    public IReadOnlyList<string> TrailerNames { get; private init; } = [];

    /// <summary>Reads the headers.</summary>
    /// <param name="call">The request.</param>
    /// <param name="hasChecksum">Whether <c>x-amz-checksum-</c> headers are of its body.</param>
    /// <param name="announced">What they say.</param>
    public static S3Fault? TryRead(S3Call call, bool hasChecksum, out AnnouncedChecksums announced)
    {
        announced = new AnnouncedChecksums();
        var md5 = call.Header("Content-MD5");
        if (md5 is not null && !ChecksumSet.IsWellFormed(ChecksumAlgorithms.Md5, md5))
        {
            return S3Faults.InvalidDigest;
        }

        var (kept, value) = (ChecksumAlgorithms.None, (string?)null);
        var trailers = AwsChunkedOptions.ReadTrailerNames(call.Header("x-amz-trailer"));
        foreach (var algorithm in ChecksumNames.All)
        {
            var name = ChecksumNames.HeaderOf(algorithm);
            var header = algorithm == ChecksumAlgorithms.Md5 || !hasChecksum ? null : call.Header(name);
            if (header is null && !trailers.Contains(name, StringComparer.Ordinal))
            {
                continue;
            }

            if (kept != ChecksumAlgorithms.None)
            {
                return S3Faults.InvalidRequest.With("Only one x-amz-checksum- header or trailer is expected");
            }

            if (header is not null && !ChecksumSet.IsWellFormed(algorithm, header))
            {
                return S3Faults.InvalidRequest.With($"The value of {name} is not a checksum in base64");
            }

            (kept, value) = (algorithm, header);
        }

        announced = new AnnouncedChecksums
        {
            Algorithms = kept | ChecksumAlgorithms.Md5,
            Md5 = md5,
            Kept = kept,
            Value = value,
            TrailerNames = trailers,
        };
        return null;
    }
}
