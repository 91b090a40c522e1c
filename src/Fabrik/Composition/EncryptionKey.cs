using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>
/// The key that stored bytes are encrypted with: 32 bytes in Base64 or hexadecimal, in a file or a variable.
/// </summary>
internal static class EncryptionKey
{
    private const int Length = 32;

    // Far above what 64 digits and white space take.
    private const int MaxFileSize = 4096;

    /// <summary>
    /// Reads the key; an empty one where none is set. Neither the key nor a part of it is in the problem.
    /// </summary>
    public static bool TryRead(
        EffectiveSettings settings, SettingsEnvironment environment, out byte[] key, out string problem)
    {
        (key, problem) = ([], "");
        string file = settings.Get(CacheSettings.EncryptionKeyFile);
        string variable = settings.Get(CacheSettings.EncryptionKeyVariable);
        if (file.Length > 0)
        {
            return TryReadFile(file, out key, out problem);
        }

        if (variable.Length == 0)
        {
            return true;
        }

        string name = CacheSettings.EncryptionKeyVariable.Key;
        if (environment.Find(variable) is not { } text)
        {
            problem = $"{name}: the variable {variable} is not set; {Expected}";
        }
        else if (!Decode(text, out key))
        {
            problem = $"{name}: the variable {variable} holds no key; {Expected}";
        }

        return problem.Length == 0;
    }

    private const string Expected = "expected 32 bytes in Base64 or hexadecimal";

    private static bool TryReadFile(string path, out byte[] key, out string problem)
    {
        (key, problem) = ([], "");
        string name = CacheSettings.EncryptionKeyFile.Key;
        try
        {
            FileInfo file = new(path);
            problem = file.Length <= MaxFileSize && Decode(File.ReadAllText(path), out key)
                ? ""
                : $"{name}: {path} holds no key; {Expected}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{name}: {path} cannot be read: {e.Message}";
        }

        return problem.Length == 0;
    }

    private static bool Decode(string text, out byte[] key)
    {
        string trimmed = text.Trim();
        key = [];
        if (trimmed.Length == Length * 2 && trimmed.All(char.IsAsciiHexDigit))
        {
            key = Convert.FromHexString(trimmed);
            return true;
        }

        byte[] encoded = Encoding.UTF8.GetBytes(trimmed);
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        OperationStatus status = Base64.DecodeFromUtf8(encoded, decoded, out _, out int length);
        bool isKey = status == OperationStatus.Done && length == Length;
        key = isKey ? decoded[..Length] : [];
        return isKey;
    }
}
