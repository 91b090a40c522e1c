using System.Globalization;
using Fabrik.Cache.Artifacts;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>
/// The files of large contents: <c>blobs/ab/&lt;digest&gt;-&lt;number&gt;</c>, written as <c>tmp/&lt;number&gt;</c>
/// first. The number is random and never used again, so that removing an old file cannot meet a new one of the same
/// content.
/// </summary>
internal sealed class BlobFiles
{
    private const int HexLength = ContentDigest.Length * 2;

    private readonly string _blobs;
    private readonly string _temporary;

    public BlobFiles(string root)
    {
        _blobs = Path.Combine(root, "blobs");
        _temporary = Path.Combine(root, "tmp");
        Directory.CreateDirectory(_temporary);
        Directory.CreateDirectory(_blobs);
    }

    /// <summary>A new number, never 0.</summary>
    public static ulong NewNumber() => (ulong)Random.Shared.NextInt64(1, long.MaxValue);

    public string PathOf(ContentDigest digest, ulong number)
    {
        Span<char> hex = stackalloc char[HexLength];
        Convert.TryToHexStringLower(digest.Bytes, hex, out _);
        var slash = Path.DirectorySeparatorChar;
        return string.Create(
            CultureInfo.InvariantCulture, $"{_blobs}{slash}{hex[..2]}{slash}{hex}-{number:x16}");
    }

    public string TemporaryPath(ulong number) => Path.Combine(_temporary, number.ToString("x16"));

    /// <summary>Makes a temporary file.</summary>
    public SafeFileHandle Create(ulong number) => PosixFiles.Create(TemporaryPath(number));

    /// <summary>Opens a blob; <see langword="null"/> when there is no such file.</summary>
    public SafeFileHandle? Open(ContentDigest digest, ulong number) =>
        PosixFiles.OpenToRead(PathOf(digest, number));

    /// <summary>Gives a whole, checked temporary file its final name.</summary>
    public void Publish(ulong number, ContentDigest digest, bool sync)
    {
        var path = PathOf(digest, number);
        if (!PosixFiles.TryRename(TemporaryPath(number), path))
        {
            // The first of its folder. A crash may leave the folder empty, and that is all.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(TemporaryPath(number), path);
            if (sync)
            {
                PosixFiles.FlushFolder(_blobs);
            }
        }

        if (sync)
        {
            PosixFiles.FlushFolder(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Removes a temporary file, if it is there.</summary>
    public void Discard(ulong number) => TryDelete(TemporaryPath(number));

    /// <summary>Removes a blob, if it is there; readers that have it open keep it.</summary>
    public void Remove(ContentDigest digest, ulong number) => TryDelete(PathOf(digest, number));

    /// <summary>What uploads of an earlier process left; asked before the first upload of this one.</summary>
    public IReadOnlyList<FileInfo> FindTemporary() => [.. new DirectoryInfo(_temporary).EnumerateFiles()];

    /// <summary>The files of blobs, those that are being published among them.</summary>
    public IEnumerable<FileInfo> FindBlobs() =>
        new DirectoryInfo(_blobs).EnumerateFiles("*", SearchOption.AllDirectories);

    /// <summary>Takes a file's name apart; false for a temporary or foreign one.</summary>
    public static bool TryParse(string name, out ContentDigest digest, out ulong number)
    {
        number = 0;
        digest = default;
        return name.Length == HexLength + 17 && name[HexLength] == '-'
            && ContentDigest.TryParse(name.AsSpan(0, HexLength), out digest)
            && ulong.TryParse(name.AsSpan(HexLength + 1), NumberStyles.AllowHexSpecifier, null, out number);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be removed now is an orphan, and the next start's sweep finds it.
        }
    }
}
