using System.Buffers;

namespace Fabrik.Wire.S3.Xml;

/// <summary>Writes the listings with which S3 answers.</summary>
public static class S3XmlLists
{
    /// <summary>Writes the answer of ListBuckets.</summary>
    public static void WriteBuckets(IBufferWriter<byte> to, S3Owner owner, IReadOnlyList<S3BucketEntry> buckets)
    {
        var xml = S3Xml.Begin(to, "ListAllMyBucketsResult");
        WriteOwner(xml, "Owner", owner);
        xml.Open("Buckets");
        foreach (var (name, created) in buckets)
        {
            xml.Open("Bucket");
            xml.Text("Name", name);
            xml.Time("CreationDate", created);
            xml.Close("Bucket");
        }

        xml.Close("Buckets");
        xml.Close("ListAllMyBucketsResult");
    }

    /// <summary>Writes the answer of ListObjectsV2.</summary>
    public static void WriteObjects(IBufferWriter<byte> to, S3ObjectListV2 list)
    {
        var xml = S3Xml.Begin(to, "ListBucketResult", list.EncodesKeys);
        WriteHead(xml, list);
        xml.Number("KeyCount", list.Objects.Count + list.CommonPrefixes.Count);
        xml.Key("StartAfter", list.StartAfter);
        xml.Text("ContinuationToken", list.ContinuationToken);
        xml.Text("NextContinuationToken", list.NextContinuationToken);
        xml.Flag("IsTruncated", list.NextContinuationToken is not null);
        WriteBody(xml, list);
    }

    /// <summary>Writes the answer of ListObjects, the first version.</summary>
    public static void WriteObjects(IBufferWriter<byte> to, S3ObjectListV1 list)
    {
        var xml = S3Xml.Begin(to, "ListBucketResult", list.EncodesKeys);
        WriteHead(xml, list);
        xml.Key("Marker", list.Marker);
        xml.Key("NextMarker", list.NextMarker);
        xml.Flag("IsTruncated", list.IsTruncated);
        WriteBody(xml, list);
    }

    /// <summary>Writes the answer of ListParts.</summary>
    public static void WriteParts(IBufferWriter<byte> to, S3PartList list)
    {
        var xml = S3Xml.Begin(to, "ListPartsResult", list.EncodesKeys);
        xml.Text("Bucket", list.Upload.Bucket);
        xml.EncodingType();
        xml.Key("Key", list.Upload.Key);
        xml.Text("UploadId", list.Upload.UploadId);
        WriteOwner(xml, "Initiator", list.Owner);
        WriteOwner(xml, "Owner", list.Owner);
        xml.Text("StorageClass", "STANDARD");
        xml.Number("PartNumberMarker", list.PartNumberMarker);
        if (list.NextPartNumberMarker is { } next)
        {
            xml.Number("NextPartNumberMarker", next);
        }

        xml.Number("MaxParts", list.MaxParts);
        xml.Flag("IsTruncated", list.NextPartNumberMarker is not null);
        foreach (var (number, lastModified, etag, size) in list.Parts)
        {
            xml.Open("Part");
            xml.Number("PartNumber", number);
            xml.Time("LastModified", lastModified);
            xml.Text("ETag", etag);
            xml.Number("Size", size);
            xml.Close("Part");
        }

        xml.Close("ListPartsResult");
    }

    /// <summary>Writes the answer of ListMultipartUploads.</summary>
    public static void WriteUploads(IBufferWriter<byte> to, S3UploadList list)
    {
        var xml = S3Xml.Begin(to, "ListMultipartUploadsResult", list.EncodesKeys);
        xml.Text("Bucket", list.Bucket);
        xml.EncodingType();
        xml.Key("KeyMarker", list.KeyMarker);
        xml.Text("UploadIdMarker", list.UploadIdMarker);
        xml.Key("NextKeyMarker", list.NextKeyMarker);
        xml.Text("NextUploadIdMarker", list.NextUploadIdMarker);
        xml.Key("Prefix", list.Prefix);
        xml.Key("Delimiter", list.Delimiter);
        xml.Number("MaxUploads", list.MaxUploads);
        xml.Flag("IsTruncated", list.NextKeyMarker is not null);
        foreach (var (key, uploadId, initiated) in list.Uploads)
        {
            xml.Open("Upload");
            xml.Key("Key", key);
            xml.Text("UploadId", uploadId);
            xml.Text("StorageClass", "STANDARD");
            xml.Time("Initiated", initiated);
            xml.Close("Upload");
        }

        xml.CommonPrefixes(list.CommonPrefixes);
        xml.Close("ListMultipartUploadsResult");
    }

    private static void WriteHead(in XmlElements xml, S3ObjectList list)
    {
        xml.Text("Name", list.Bucket);
        xml.Key("Prefix", list.Prefix);
        xml.Key("Delimiter", list.Delimiter);
        xml.Number("MaxKeys", list.MaxKeys);
        xml.EncodingType();
    }

    private static void WriteBody(in XmlElements xml, S3ObjectList list)
    {
        foreach (var (key, lastModified, etag, size) in list.Objects)
        {
            xml.Open("Contents");
            xml.Key("Key", key);
            xml.Time("LastModified", lastModified);
            xml.Text("ETag", etag);
            xml.Number("Size", size);
            WriteOwner(xml, "Owner", list.Owner);
            xml.Text("StorageClass", "STANDARD");
            xml.Close("Contents");
        }

        xml.CommonPrefixes(list.CommonPrefixes);
        xml.Close("ListBucketResult");
    }

    private static void WriteOwner(in XmlElements xml, string name, S3Owner? owner)
    {
        if (owner is not null)
        {
            xml.Open(name);
            xml.Text("ID", owner.Id);
            xml.Text("DisplayName", owner.DisplayName);
            xml.Close(name);
        }
    }
}
