using Fabrik.Wire.S3;
using Fabrik.Wire.S3.Xml;

namespace Fabrik.Fuzz.Targets;

/// <summary>Documents of S3 requests: any bytes are a request within its limits, or a problem that is told.</summary>
internal sealed class S3XmlTarget : IFuzzTarget
{
    public string Name => "s3-xml";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "<Delete><Quiet>true</Quiet><Object><Key>a&#x1;</Key><VersionId>v</VersionId></Object></Delete>"u8.ToArray(),
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag></Part></CompleteMultipartUpload>"u8
            .ToArray(),
        "<CreateBucketConfiguration xmlns='x'><LocationConstraint>r</LocationConstraint></CreateBucketConfiguration>"u8
            .ToArray(),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var isDelete = S3XmlRequests.TryReadDelete(input, out var delete, out var problem);
        Check(isDelete, problem);
        if (isDelete && delete.Objects.Any(one => one.Key.Length is 0 or > S3Target.MaxKeyBytes))
        {
            throw new InvalidDataException("a key without or beyond its length");
        }

        var isComplete = S3XmlRequests.TryReadCompleteUpload(input, out var parts, out problem);
        Check(isComplete, problem);
        if (isComplete && parts.Any(part => part.Number is < 1 or > S3XmlRequests.MaxParts))
        {
            throw new InvalidDataException("a part without a number");
        }

        Check(S3XmlRequests.TryReadCreateBucket(input, out _, out problem), problem);
    }

    private static void Check(bool isGood, string problem)
    {
        if (isGood != (problem.Length == 0))
        {
            throw new InvalidDataException($"read: {isGood}, problem: '{problem}'");
        }
    }
}
