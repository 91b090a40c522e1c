using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using System.Xml;
using Fabrik.Wire.S3.Checksums;

namespace Fabrik.Wire.S3.Xml;

/// <summary>What DeleteObjects asks for.</summary>
/// <param name="Objects">The keys, 1 to 1,000.</param>
/// <param name="IsQuiet">Whether only errors are answered.</param>
public sealed record S3DeleteRequest(IReadOnlyList<S3ObjectName> Objects, bool IsQuiet);

/// <summary>A key, and a version of it.</summary>
/// <param name="Key">The key; 1 to 1,024 bytes of UTF-8.</param>
/// <param name="VersionId">The version; null if none was named.</param>
public readonly record struct S3ObjectName(string Key, string? VersionId);

/// <summary>A part that CompleteMultipartUpload names.</summary>
/// <param name="Number">1 to 10,000. The order of the parts is the caller's to check (InvalidPartOrder).</param>
/// <param name="ETag">Its entity tag, without the quotes.</param>
/// <param name="Algorithm">The algorithm of its checksum; None without one.</param>
/// <param name="Checksum">Its checksum in base64; null without one.</param>
public readonly record struct S3CompletedPart(
    int Number, string ETag, ChecksumAlgorithms Algorithm = ChecksumAlgorithms.None, string? Checksum = null);

/// <summary>
/// Reads the documents that come with requests: UTF-8, no DTD, no entities but XML's own, and so many elements at most.
/// A document that is wrong is answered MalformedXML. Elements that are not known are passed over if they hold text.
/// </summary>
public static class S3XmlRequests
{
    /// <summary>The most keys in a DeleteObjects.</summary>
    public const int MaxDeleteObjects = 1000;

    /// <summary>The most parts in a CompleteMultipartUpload.</summary>
    public const int MaxParts = 10_000;

    /// <summary>The largest document, in bytes: 10,000 parts with a SHA-256 each are under 3 MiB.</summary>
    public const int MaxDocumentBytes = 4 * 1024 * 1024;

    /// <summary>Reads a DeleteObjects request.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="problem">What is wrong and what was expected; empty if all is well.</param>
    public static bool TryReadDelete(ReadOnlySpan<byte> body, out S3DeleteRequest request, out string problem)
    {
        List<S3ObjectName> objects = [];
        var isQuiet = false;
        problem = Read(body, "Delete", reader =>
        {
            switch (reader.LocalName)
            {
                case "Object" when objects.Count == MaxDeleteObjects:
                    return $"more than {MaxDeleteObjects} objects";
                case "Object":
                    return ReadObject(reader, objects);
                case "Quiet":
                    isQuiet = reader.ReadElementContentAsString().Trim() is "true" or "1";
                    return "";
                default:
                    reader.Skip();
                    return "";
            }
        });
        problem = problem.Length == 0 && objects.Count == 0 ? "there is no Object in Delete" : problem;
        request = new S3DeleteRequest(objects, isQuiet);
        return problem.Length == 0;
    }

    /// <summary>Reads a CompleteMultipartUpload request.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="parts">The parts in the order they were named.</param>
    /// <param name="problem">What is wrong and what was expected; empty if all is well.</param>
    public static bool TryReadCompleteUpload(
        ReadOnlySpan<byte> body, out IReadOnlyList<S3CompletedPart> parts, out string problem)
    {
        List<S3CompletedPart> found = [];
        problem = Read(body, "CompleteMultipartUpload", reader =>
        {
            if (reader.LocalName != "Part")
            {
                reader.Skip();
                return "";
            }

            return found.Count == MaxParts ? $"more than {MaxParts} parts" : ReadPart(reader, found);
        });
        problem = problem.Length == 0 && found.Count == 0 ? "there is no Part in CompleteMultipartUpload" : problem;
        parts = found;
        return problem.Length == 0;
    }

    /// <summary>Reads a CreateBucket request.</summary>
    /// <param name="body">The whole body; empty is a valid one.</param>
    /// <param name="region">The LocationConstraint; empty if there is none.</param>
    /// <param name="problem">What is wrong and what was expected; empty if all is well.</param>
    public static bool TryReadCreateBucket(ReadOnlySpan<byte> body, out string region, out string problem)
    {
        var found = "";
        problem = body.IsEmpty ? "" : Read(body, "CreateBucketConfiguration", reader =>
        {
            if (reader.LocalName == "LocationConstraint")
            {
                found = reader.ReadElementContentAsString().Trim();
            }
            else
            {
                reader.Skip();
            }

            return "";
        });
        region = found;
        return problem.Length == 0;
    }

    private static string ReadObject(XmlReader reader, List<S3ObjectName> objects)
    {
        string? key = null;
        string? version = null;
        ReadFields(reader, (name, value) =>
        {
            key = name == "Key" ? value : key;
            version = name == "VersionId" ? value : version;
        });
        if (string.IsNullOrEmpty(key) || !IsText(key) || Encoding.UTF8.GetByteCount(key) > S3Target.MaxKeyBytes)
        {
            return $"object {objects.Count + 1} has no Key of 1 to {S3Target.MaxKeyBytes} bytes of UTF-8";
        }

        objects.Add(new S3ObjectName(key, version));
        return "";
    }

    private static string ReadPart(XmlReader reader, List<S3CompletedPart> parts)
    {
        var number = 0;
        var etag = "";
        var algorithm = ChecksumAlgorithms.None;
        string? checksum = null;
        ReadFields(reader, (name, value) =>
        {
            switch (name)
            {
                case "PartNumber":
                    _ = int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
                    break;
                case "ETag":
                    etag = value.Trim().Trim('"');
                    break;
                default:
                    var kind = ChecksumNames.OfElement(name);
                    algorithm = kind == ChecksumAlgorithms.None ? algorithm : kind;
                    checksum = kind == ChecksumAlgorithms.None ? checksum : value.Trim();
                    break;
            }
        });
        if (number is < 1 or > MaxParts || etag.Length is 0 or > 256)
        {
            return $"part {parts.Count + 1} in the list has no PartNumber of 1 to {MaxParts}, or no ETag";
        }

        parts.Add(new S3CompletedPart(number, etag, algorithm, checksum));
        return "";
    }

    /// <summary>Reads the children of the element that the reader is at, all of which hold text.</summary>
    private static void ReadFields(XmlReader reader, Action<string, string> onField)
    {
        if (reader.IsEmptyElement)
        {
            reader.Skip();
            return;
        }

        var depth = reader.Depth;
        reader.Read();
        while (reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element && !reader.IsEmptyElement)
            {
                var name = reader.LocalName;
                onField(name, reader.ReadElementContentAsString());
            }
            else
            {
                reader.Skip();
            }
        }

        reader.ReadEndElement();
    }

    /// <summary>Reads a document; a child of its root is read by the caller, to behind its end.</summary>
    /// <returns>What is wrong; empty if all is well.</returns>
    private static string Read(ReadOnlySpan<byte> body, string root, Func<XmlReader, string> onChild)
    {
        if (body.Length > MaxDocumentBytes || !Utf8.IsValid(body))
        {
            return $"the document is not UTF-8 of at most {MaxDocumentBytes} bytes";
        }

        try
        {
            using var text = new StringReader(Encoding.UTF8.GetString(body).TrimStart('\uFEFF'));
            using var reader = XmlReader.Create(text, Settings());
            reader.MoveToContent();
            if (reader.LocalName != root)
            {
                return $"the document is a '{Shortened(reader.LocalName)}', expected '{root}'";
            }

            return reader.IsEmptyElement ? "" : ReadChildren(reader, onChild);
        }
        catch (XmlException exception)
        {
            return $"the document is not well-formed: line {exception.LineNumber}, column {exception.LinePosition}";
        }
    }

    private static string ReadChildren(XmlReader reader, Func<XmlReader, string> onChild)
    {
        reader.Read();
        while (reader.Depth > 0)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                reader.Skip();
                continue;
            }

            var problem = onChild(reader);
            if (problem.Length > 0)
            {
                return problem;
            }
        }

        // What follows the root is read too, so that it is well-formed to its end.
        while (reader.Read())
        {
        }

        return "";
    }

    // A setting object is made for each reader, as it may be changed; keys may hold control characters as references.
    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MaxDocumentBytes,
    };

    /// <summary>Whether there is no half of a surrogate pair, which a reference can smuggle in.</summary>
    private static bool IsText(ReadOnlySpan<char> value)
    {
        while (!value.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(value, out _, out var length) != OperationStatus.Done)
            {
                return false;
            }

            value = value[length..];
        }

        return true;
    }

    private static string Shortened(string name) => name.Length > 64 ? name[..64] : name;
}
