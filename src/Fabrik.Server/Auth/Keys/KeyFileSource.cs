using System.Text;

namespace Fabrik.Server.Auth.Keys;

/// <summary>Keys of one file.</summary>
internal sealed class KeyFileSource : IKeySource
{
    private readonly string _setting;
    private readonly string _path;
    private readonly Func<byte[], KeyReading> _parse;

    private KeyFileSource(string setting, string path, Func<byte[], KeyReading> parse)
    {
        _setting = setting;
        _path = path;
        _parse = parse;
    }

    public string Name => $"{_setting}: {_path}";

    public bool IsRemote => false;

    /// <summary>A file with public keys in PEM, all by that name.</summary>
    public static KeyFileSource Pem(string setting, string path, string? kid) =>
        new(setting, path, bytes => PemKeys.Read(Encoding.UTF8.GetString(bytes), kid));

    /// <summary>A file with a JSON Web Key Set.</summary>
    public static KeyFileSource Jwks(string setting, string path) =>
        new(setting, path, bytes => JsonWebKeys.Read(bytes, allowSecrets: true));

    public async ValueTask<KeyReading> ReadAsync(CancellationToken ct)
    {
        byte[]? bytes;
        try
        {
            await using FileStream file = new(
                _path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
            bytes = await BoundedReader.ReadAsync(file, ct);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return KeyReading.Failed($"{Name} cannot be read: {failure.Message}");
        }

        if (bytes is null)
        {
            return KeyReading.Failed($"{Name} is larger than {AuthLimits.KeySourceBytes} bytes");
        }

        var reading = _parse(bytes);
        return reading.Error is { } error ? KeyReading.Failed($"{Name} holds {error}") : reading;
    }
}
