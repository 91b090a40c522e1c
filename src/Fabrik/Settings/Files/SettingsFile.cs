using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Files;

/// <summary>Reads a configuration file into a tree, by the format that its extension names.</summary>
internal static class SettingsFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Tables and lists that may stand in each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>The tree of no file.</summary>
    public static RawTable Nothing { get; } = new(Origin.Default, []);

    /// <summary>Reads a file. After an error the tree holds what could be read.</summary>
    public static RawTable Read(string path, List<SettingError> errors)
    {
        Func<string, byte[], List<SettingError>, RawTable>? parse = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".TOML" => TomlFormat.Parse,
            ".YAML" or ".YML" => YamlFormat.Parse,
            ".JSON" => JsonFormat.Parse,
            _ => null,
        };
        if (parse is null)
        {
            errors.Add(Error(path, "expected a name that ends with .toml, .yaml, .yml or .json"));
            return Nothing;
        }

        return Bytes(path, errors) is { } bytes ? parse(path, bytes, errors) : Nothing;
    }

    private static byte[]? Bytes(string path, List<SettingError> errors)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
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
