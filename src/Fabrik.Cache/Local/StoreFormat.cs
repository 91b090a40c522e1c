using System.Globalization;
using System.Text;
using Fabrik.Cache.Local.Blobs;

namespace Fabrik.Cache.Local;

/// <summary>
/// The file <c>FORMAT</c> of a store's folder, which says what wrote it (docs/formats/store.md). It is looked at before
/// anything else is opened, so that a newer store is refused untouched; and an older one is marked with the new version
/// before anything of it is written, so that the Fabrik that wrote it refuses it from then on.
/// </summary>
internal static class StoreFormat
{
    /// <summary>The version that this code writes.</summary>
    public const int Version = 2;

    /// <summary>The oldest version that it reads: a store without listings.</summary>
    public const int OldestVersion = 1;

    /// <summary>The file's name.</summary>
    public const string FileName = "FORMAT";

    private const string Prefix = "fabrik-store ";

    /// <summary>Longer is no such file.</summary>
    private const int MaxLength = 64;

    /// <summary>
    /// Checks a store's format, and marks an older one as of this version, or an empty folder as a store; an error says
    /// what is wrong.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static CacheError? Check(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return File.Exists(Path.Combine(folder, "index", "CURRENT"))
                ? Refuse($"the store in {folder} has an index and no file {FileName}, which says its format: "
                    + "remove the folder, or use another one")
                : Mark(folder, path);
        }

        var text = Read(path);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)
            || !int.TryParse(
                text.AsSpan(Prefix.Length).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return Refuse($"{path} does not say a format, expected \"{Prefix}{Version}\"");
        }

        return version switch
        {
            Version => null,
            >= OldestVersion and < Version => Mark(folder, path),
            _ => Refuse(
                $"the store in {folder} has format {version}, and this Fabrik reads formats {OldestVersion} to "
                + $"{Version}: use the Fabrik that wrote it, or another folder"),
        };
    }

    private static string Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[MaxLength];
        return Encoding.UTF8.GetString(bytes[..file.ReadAtLeast(bytes, MaxLength, throwOnEndOfStream: false)]);
    }

    private static CacheError? Mark(string folder, string path)
    {
        var draft = Path.Combine(folder, FileName + ".new");
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Version}\n")));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        PosixFiles.FlushFolder(folder);
        return null;
    }

    private static CacheError Refuse(string message) => CacheError.Internal(CacheErrorKind.Io, message);
}
