using System.Buffers;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Wire.S3.Xml;

/// <summary>Writes the documents with which S3 answers, but listings: see <see cref="S3XmlLists"/>.</summary>
public static class S3Xml
{
    /// <summary>The content type of all of them.</summary>
    public const string ContentType = "application/xml";

    /// <summary>Writes the declaration alone: spaces may follow it for as long as the rest takes.</summary>
    public static void WriteDeclaration(IBufferWriter<byte> to) => new XmlElements(to).Declaration();

    /// <summary>Writes an error; it is the one document without a namespace.</summary>
    public static void WriteError(IBufferWriter<byte> to, S3ErrorDocument error)
    {
        XmlElements xml = new(to);
        if (!error.OmitDeclaration)
        {
            xml.Declaration();
        }

        xml.Open("Error");
        xml.Text("Code", error.Code);
        xml.Text("Message", error.Message);
        foreach (var (name, value) in error.Details)
        {
            xml.Text(name, value);
        }

        xml.Text("Resource", error.Resource);
        xml.Text("RequestId", error.RequestId);
        xml.Text("HostId", error.RequestId);
        xml.Close("Error");
    }

    /// <summary>Writes the answer of GetBucketLocation.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="region">The region; empty for us-east-1, as S3 has it.</param>
    public static void WriteLocation(IBufferWriter<byte> to, string region)
    {
        XmlElements xml = Begin(to, "LocationConstraint");
        xml.Content(region);
        xml.Close("LocationConstraint");
    }

    /// <summary>Writes the answer of CreateMultipartUpload.</summary>
    public static void WriteUpload(IBufferWriter<byte> to, S3Upload upload)
    {
        XmlElements xml = Begin(to, "InitiateMultipartUploadResult");
        xml.Text("Bucket", upload.Bucket);
        xml.Text("Key", upload.Key);
        xml.Text("UploadId", upload.UploadId);
        xml.Close("InitiateMultipartUploadResult");
    }

    /// <summary>Writes the answer of CompleteMultipartUpload.</summary>
    public static void WriteCompletedUpload(IBufferWriter<byte> to, S3CompletedUpload upload)
    {
        XmlElements xml = new(to);
        if (!upload.OmitDeclaration)
        {
            xml.Declaration();
        }

        xml.Root("CompleteMultipartUploadResult");
        xml.Text("Location", upload.Location);
        xml.Text("Bucket", upload.Bucket);
        xml.Text("Key", upload.Key);
        xml.Text("ETag", upload.ETag);
        if (upload.Checksum is { } checksum)
        {
            xml.Text(ChecksumNames.ElementOf(checksum.Algorithm), checksum.Base64);
        }

        xml.Close("CompleteMultipartUploadResult");
    }

    /// <summary>Writes the answer of CopyObject.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="etag">The entity tag of the copy, with the quotes.</param>
    /// <param name="lastModified">When it was written.</param>
    public static void WriteCopyObject(IBufferWriter<byte> to, string etag, DateTimeOffset lastModified) =>
        WriteCopy(to, "CopyObjectResult", etag, lastModified);

    /// <summary>Writes the answer of UploadPartCopy.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="etag">The entity tag of the part, with the quotes.</param>
    /// <param name="lastModified">When it was written.</param>
    public static void WriteCopyPart(IBufferWriter<byte> to, string etag, DateTimeOffset lastModified) =>
        WriteCopy(to, "CopyPartResult", etag, lastModified);

    /// <summary>Writes the answer of DeleteObjects.</summary>
    public static void WriteDeleteResult(IBufferWriter<byte> to, S3DeleteResult result)
    {
        XmlElements xml = Begin(to, "DeleteResult");
        foreach (var key in result.Deleted)
        {
            xml.Open("Deleted");
            xml.Text("Key", key);
            xml.Close("Deleted");
        }

        foreach (var (key, code, message) in result.Errors)
        {
            xml.Open("Error");
            xml.Text("Key", key);
            xml.Text("Code", code);
            xml.Text("Message", message);
            xml.Close("Error");
        }

        xml.Close("DeleteResult");
    }

    internal static XmlElements Begin(IBufferWriter<byte> to, string root, bool encodesKeys = false)
    {
        XmlElements xml = new(to, encodesKeys);
        xml.Declaration();
        xml.Root(root);
        return xml;
    }

    private static void WriteCopy(IBufferWriter<byte> to, string root, string etag, DateTimeOffset lastModified)
    {
        XmlElements xml = Begin(to, root);
        xml.Time("LastModified", lastModified);
        xml.Text("ETag", etag);
        xml.Close(root);
    }
}
