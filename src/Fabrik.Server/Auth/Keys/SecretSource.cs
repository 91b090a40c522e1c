using System.Text;

namespace Fabrik.Server.Auth.Keys;

/// <summary>A secret that tokens are signed with (HS256), from the configuration or from a file.</summary>
internal sealed class SecretSource : IKeySource
{
    private readonly byte[]? _secret;
    private readonly string _file;

    private SecretSource(string name, byte[]? secret, string file)
    {
        Name = name;
        _secret = secret;
        _file = file;
    }

    public string Name { get; }

    public bool IsRemote => false;

    /// <summary>A secret that is written out: its bytes in UTF-8.</summary>
    public static SecretSource Text(string setting, string secret) =>
        new(setting, Encoding.UTF8.GetBytes(secret), file: "");

    /// <summary>A file with nothing but the secret; a line break at its end is not part of it.</summary>
    public static SecretSource File(string setting, string path) => new($"{setting}: {path}", secret: null, path);

    public async ValueTask<KeyReading> ReadAsync(CancellationToken ct)
    {
        if (_secret is not null)
        {
            return Read(_secret);
        }

        try
        {
            await using FileStream file = new(
                _file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
            return await BoundedReader.ReadAsync(file, ct) is { } bytes
                ? Read(bytes.AsSpan().TrimEnd("\r\n"u8).ToArray())
                : KeyReading.Failed($"{Name} is larger than {AuthLimits.KeySourceBytes} bytes");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return KeyReading.Failed($"{Name} cannot be read: {failure.Message}");
        }
    }

    private KeyReading Read(byte[] secret) =>
        VerificationKey.TryCreate(kid: null, secret, out var key, out var problem)
            ? new KeyReading { Keys = [key] }
            : KeyReading.Failed($"{Name}: found {problem}");
}
