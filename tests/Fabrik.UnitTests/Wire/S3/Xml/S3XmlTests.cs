using System.Buffers;
using System.Text;
using System.Xml;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Xml;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Xml;

public sealed class S3XmlTests
{
    private const string Head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private const string Space = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private const string Stamp = "2026-11-21T18:00:00.000Z";

    private static readonly DateTimeOffset Time = new(2026, 11, 21, 18, 0, 0, TimeSpan.Zero);
    private static readonly S3Owner Owner = new("id", "name");

    [Fact]
    public void WriteError_WithDetails_HasNoNamespace() => AssertWritten(
        $"{Head}<Error><Code>NoSuchKey</Code><Message>No &lt;such&gt; key.</Message><Key>a&amp;b</Key>"
        + "<Resource>/bkt/a&amp;b</Resource><RequestId>r1</RequestId><HostId>r1</HostId></Error>",
        to => S3Xml.WriteError(to, new S3ErrorDocument("NoSuchKey", "No <such> key.", "/bkt/a&b", "r1")
        {
            Details = [new("Key", "a&b")],
        }));

    [Fact]
    public void WriteBuckets_One_IsListed() => AssertWritten(
        $"{Head}<ListAllMyBucketsResult{Space}><Owner><ID>id</ID><DisplayName>name</DisplayName></Owner>"
        + $"<Buckets><Bucket><Name>bkt</Name><CreationDate>{Stamp}</CreationDate></Bucket></Buckets>"
        + "</ListAllMyBucketsResult>",
        to => S3XmlLists.WriteBuckets(to, Owner, [new("bkt", Time)]));

    [Fact]
    public void WriteLocation_Region_IsContent()
    {
        AssertWritten(
            $"{Head}<LocationConstraint{Space}>eu-west-1</LocationConstraint>",
            to => S3Xml.WriteLocation(to, "eu-west-1"));
        AssertWritten(
            $"{Head}<LocationConstraint{Space}></LocationConstraint>", to => S3Xml.WriteLocation(to, ""));
    }

    [Fact]
    public void WriteObjects_V2_HasKeysPrefixesAndToken() => AssertWritten(
        $"{Head}<ListBucketResult{Space}><Name>bkt</Name><Prefix>a b</Prefix><Delimiter>/</Delimiter>"
        + "<MaxKeys>2</MaxKeys><KeyCount>2</KeyCount><NextContinuationToken>t</NextContinuationToken>"
        + "<IsTruncated>true</IsTruncated>"
        + $"<Contents><Key>a b&#x1;+</Key><LastModified>{Stamp}</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size>"
        + "<StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>a b/</Prefix></CommonPrefixes>"
        + "</ListBucketResult>",
        to => S3XmlLists.WriteObjects(to, List(encodes: false)));

    [Fact]
    public void WriteObjects_UrlEncoding_EncodesKeys() => AssertWritten(
        $"{Head}<ListBucketResult{Space}><Name>bkt</Name><Prefix>a%20b</Prefix><Delimiter>/</Delimiter>"
        + "<MaxKeys>2</MaxKeys><EncodingType>url</EncodingType><KeyCount>2</KeyCount>"
        + "<NextContinuationToken>t</NextContinuationToken>"
        + $"<IsTruncated>true</IsTruncated><Contents><Key>a%20b%01%2B</Key><LastModified>{Stamp}</LastModified>"
        + "<ETag>&quot;e&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>"
        + "<CommonPrefixes><Prefix>a%20b/</Prefix></CommonPrefixes></ListBucketResult>",
        to => S3XmlLists.WriteObjects(to, List(encodes: true)));

    [Fact]
    public void WriteObjects_V1_HasMarkers() => AssertWritten(
        $"{Head}<ListBucketResult{Space}><Name>bkt</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><Marker>m</Marker>"
        + $"<IsTruncated>false</IsTruncated><Contents><Key>k</Key><LastModified>{Stamp}</LastModified><ETag>e</ETag>"
        + "<Size>0</Size><Owner><ID>id</ID><DisplayName>name</DisplayName></Owner><StorageClass>STANDARD</StorageClass>"
        + "</Contents></ListBucketResult>",
        to => S3XmlLists.WriteObjects(to, new S3ObjectListV1
        {
            Bucket = "bkt",
            Marker = "m",
            Objects = [new("k", Time, "e", 0)],
            Owner = Owner,
        }));

    [Fact]
    public void WriteMultipart_Documents_AreAsS3HasThem()
    {
        S3Upload upload = new("bkt", "k", "u1");
        AssertWritten(
            $"{Head}<InitiateMultipartUploadResult{Space}><Bucket>bkt</Bucket><Key>k</Key><UploadId>u1</UploadId>"
            + "</InitiateMultipartUploadResult>",
            to => S3Xml.WriteUpload(to, upload));
        AssertWritten(
            $"{Head}<ListPartsResult{Space}><Bucket>bkt</Bucket><Key>k</Key><UploadId>u1</UploadId>"
            + "<StorageClass>STANDARD</StorageClass><PartNumberMarker>1</PartNumberMarker>"
            + "<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated>"
            + $"<Part><PartNumber>2</PartNumber><LastModified>{Stamp}</LastModified><ETag>e</ETag><Size>5</Size></Part>"
            + "</ListPartsResult>",
            to => S3XmlLists.WriteParts(to, new S3PartList(upload, [new(2, Time, "e", 5)])
            {
                PartNumberMarker = 1,
                NextPartNumberMarker = 2,
                MaxParts = 1,
            }));
        AssertWritten(
            $"{Head}<ListMultipartUploadsResult{Space}><Bucket>bkt</Bucket><KeyMarker></KeyMarker>"
            + "<UploadIdMarker></UploadIdMarker><Prefix></Prefix><MaxUploads>1000</MaxUploads>"
            + "<IsTruncated>false</IsTruncated><Upload><Key>k</Key><UploadId>u1</UploadId>"
            + $"<StorageClass>STANDARD</StorageClass><Initiated>{Stamp}</Initiated></Upload>"
            + "</ListMultipartUploadsResult>",
            to => S3XmlLists.WriteUploads(to, new S3UploadList { Bucket = "bkt", Uploads = [new("k", "u1", Time)] }));
        AssertWritten(
            $"<CompleteMultipartUploadResult{Space}><Location>/bkt/k</Location><Bucket>bkt</Bucket><Key>k</Key>"
            + "<ETag>e</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></CompleteMultipartUploadResult>",
            to => S3Xml.WriteCompletedUpload(to, new S3CompletedUpload("/bkt/k", "bkt", "k", "e")
            {
                Checksum = (ChecksumAlgorithms.Crc64Nvme, "AAAAAAAAAAA="),
                OmitDeclaration = true,
            }));
    }

    [Fact]
    public void WriteCopyAndDelete_Documents_AreAsS3HasThem()
    {
        AssertWritten(
            $"{Head}<CopyObjectResult{Space}><LastModified>{Stamp}</LastModified><ETag>e</ETag></CopyObjectResult>",
            to => S3Xml.WriteCopyObject(to, "e", Time));
        AssertWritten(
            $"{Head}<CopyPartResult{Space}><LastModified>{Stamp}</LastModified><ETag>e</ETag></CopyPartResult>",
            to => S3Xml.WriteCopyPart(to, "e", Time));
        AssertWritten(
            $"{Head}<DeleteResult{Space}><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code>"
            + "<Message>m</Message></Error></DeleteResult>",
            to => S3Xml.WriteDeleteResult(to, new S3DeleteResult(["a"], [new("b", "AccessDenied", "m")])));
    }

    private static S3ObjectListV2 List(bool encodes) => new()
    {
        Bucket = "bkt",
        Prefix = "a b",
        Delimiter = "/",
        MaxKeys = 2,
        EncodesKeys = encodes,
        NextContinuationToken = "t",
        Objects = [new("a b\u0001+", Time, "\"e\"", 7)],
        CommonPrefixes = ["a b/"],
    };

    /// <summary>What is written is expected letter by letter, and well-formed.</summary>
    private static void AssertWritten(string expected, Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> to = new();
        write(to);
        Assert.Equal(expected, Encoding.UTF8.GetString(to.WrittenSpan));
        using var reader = XmlReader.Create(
            new StringReader(expected), new XmlReaderSettings { CheckCharacters = false });
        while (reader.Read())
        {
        }
    }
}
