using System.Security.Cryptography;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Files;

/// <summary>A configuration file, read into a tree by the format that its extension names.</summary>
internal sealed class SettingsFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Tables and lists that may stand in each other.</summary>
    public const int MaxDepth = 32;

    private SettingsFile(string? path, RawTable tree, string digest)
    {
        Path = path;
        Tree = tree;
        Digest = digest;
    }

    /// <summary>Stands for no file.</summary>
    public static SettingsFile None { get; } = new(null, RawTable.Empty, "");

    /// <summary>The file; null for none.</summary>
    public string? Path { get; }

    /// <summary>What it says; after an error what could be read.</summary>
    public RawTable Tree { get; }

    /// <summary>The SHA-256 of its bytes in lower-case hexadecimal; empty where they could not be read.</summary>
    public string Digest { get; }

    /// <summary>Reads a file.</summary>
    public static SettingsFile Read(string path, List<SettingError> errors)
    {
        Func<string, byte[], List<SettingError>, RawTable>? parse =
            System.IO.Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".TOML" => TomlFormat.Parse,
                ".YAML" or ".YML" => YamlFormat.Parse,
                ".JSON" => JsonFormat.Parse,
                _ => null,
            };
        if (parse is null)
        {
            errors.Add(Error(path, "expected a name that ends with .toml, .yaml, .yml or .json"));
            return new SettingsFile(path, RawTable.Empty, "");
        }

        return Bytes(path, errors) is { } bytes
            ? new SettingsFile(path, parse(path, bytes, errors), DigestOf(bytes))
            : new SettingsFile(path, RawTable.Empty, "");
    }

    /// <summary>The digest of what a file holds now; null while it cannot be read.</summary>
    public static string? DigestNow(string path) => Bytes(path, []) is { } bytes ? DigestOf(bytes) : null;

    private static string DigestOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[]? Bytes(string path, List<SettingError> errors)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[file.CanSeek ? Math.Min(file.Length, MaxBytes) + 1 : MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length == bytes.Length && length <= MaxBytes)
            {
                // It is longer than it said.
                Array.Resize(ref bytes, MaxBytes + 1);
                length += file.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
            }

            if (length <= MaxBytes)
            {
                return bytes[..length];
            }

            errors.Add(Error(path, $"expected at most {MaxBytes} bytes, found more"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(Error(path, $"cannot be read: {e.Message}"));
        }

        return null;
    }

    private static SettingError Error(string path, string problem) =>
        new(new Origin(OriginKind.File, path), "", problem);
}
