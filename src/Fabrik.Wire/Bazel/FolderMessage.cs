using System.Text;
using System.Text.Unicode;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;
using Directory = Fabrik.Wire.Protos.Bazel.V2.Directory;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// Looks into an encoded <c>Directory</c>, without making objects of what is in it: a tree has many more of them than
/// anybody looks at, and they are passed on as they are.
/// </summary>
public static class FolderMessage
{
    // Files and folders have their digest in the same field, and all nodes their name.
    private const int NameField = FileNode.NameFieldNumber;
    private const int DigestField = FileNode.DigestFieldNumber;

    /// <summary>Reads the digests of the files or folders in a folder, and looks at the rest of it.</summary>
    /// <param name="folder">The encoded folder.</param>
    /// <param name="field">The field of the files, or that of the folders.</param>
    /// <param name="digests">Is given those that are good.</param>
    /// <param name="areAllGood">Whether all of them are.</param>
    /// <returns>Whether the bytes are a folder.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> folder, int field, ICollection<BlobDigest> digests, out bool areAllGood)
    {
        ArgumentNullException.ThrowIfNull(digests);
        areAllGood = true;
        try
        {
            var fields = new FieldReader(folder);
            while (fields.Read())
            {
                if (fields.IsBytes(Directory.SymlinksFieldNumber))
                {
                    CheckLink(fields.Bytes);
                }
                else if (fields.IsBytes(Directory.FilesFieldNumber) || fields.IsBytes(Directory.DirectoriesFieldNumber))
                {
                    var digest = ReadNode(fields.Bytes);
                    if (fields.Field == field)
                    {
                        areAllGood &= TryAdd(digest, digests);
                    }
                }
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static bool TryAdd(DigestSpan digest, ICollection<BlobDigest> digests)
    {
        if (!digest.IsGood
            || !BlobDigest.TryParse(Encoding.ASCII.GetString(digest.Hash), digest.Size, out var one, out _))
        {
            return false;
        }

        digests.Add(one);
        return true;
    }

    private static DigestSpan ReadNode(ReadOnlySpan<byte> node)
    {
        DigestSpan digest = default;
        var hasDigest = false;
        var fields = new FieldReader(node);
        while (fields.Read())
        {
            if (fields.IsBytes(NameField))
            {
                CheckText(fields.Bytes);
            }
            else if (fields.IsBytes(DigestField))
            {
                // Parts of a message that comes in several are merged by some, and not by others.
                digest = hasDigest
                    ? throw new InvalidDataException("a node has two digests")
                    : DigestSpan.Read(fields.Bytes);
                hasDigest = true;
            }
        }

        return digest;
    }

    private static void CheckLink(ReadOnlySpan<byte> link)
    {
        var fields = new FieldReader(link);
        while (fields.Read())
        {
            if (fields.IsBytes(NameField) || fields.IsBytes(SymlinkNode.TargetFieldNumber))
            {
                CheckText(fields.Bytes);
            }
        }
    }

    // Whoever is sent it would take the whole message for malformed.
    private static void CheckText(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            throw new InvalidDataException("a name is no UTF-8");
        }
    }
}
