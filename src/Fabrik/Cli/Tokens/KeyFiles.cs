using System.Security.Cryptography;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Cli.Tokens;

/// <summary>
/// The two files of a key pair. Only the public one ends in <c>.pem</c>, so that their folder can be the server's
/// <c>auth.public_key_dir</c>.
/// </summary>
internal sealed class KeyFiles(string folder, string kid)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int MaxKid = 64;

    public string Kid => kid;

    public string Private { get; } = Path.Join(folder, kid + ".key");

    public string Public { get; } = Path.Join(folder, kid + ".pem");

    /// <summary>Makes a key pair and writes it.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public string? Write(string algorithm, bool replace)
    {
        if (!IsFileName(kid))
        {
            return $"--kid: expected 1 to {MaxKid} letters, digits, '-', '_' or '.', the first no '.', found \"{kid}\"";
        }

        using var key = SigningKey.Generate(algorithm);
        if (key is null)
        {
            return $"--algorithm: expected one of {string.Join(", ", SigningKey.Algorithms)}, found \"{algorithm}\"";
        }

        try
        {
            return Write(key, replace);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"--out: {folder} cannot be written: {failure.Message}";
        }
    }

    private string? Write(AsymmetricAlgorithm key, bool replace)
    {
        Directory.CreateDirectory(folder);
        foreach (var path in (string[])[Private, Public])
        {
            if (replace)
            {
                File.Delete(path);
            }
            else if (Path.Exists(path))
            {
                return $"--out: {path} is there already; --force replaces it";
            }
        }

        WriteNew(Private, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        WriteNew(Public, key.ExportSubjectPublicKeyInfoPem(), Everybody);
        return null;
    }

    // Exclusive: a link that somebody put there in the meantime is not followed.
    private static void WriteNew(string path, string pem, UnixFileMode mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(pem);
        writer.Write('\n');
    }

    private static bool IsFileName(string name)
    {
        if (name.Length is 0 or > MaxKid || name[0] == '.')
        {
            return false;
        }

        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
