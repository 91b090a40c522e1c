namespace Fabrik.Server.Auth.Keys;

/// <summary>A folder of <c>&lt;kid&gt;.pem</c> files with one public key each.</summary>
internal sealed class KeyDirectorySource(string setting, string path) : IKeySource
{
    private const string Extension = ".pem";

    public string Name => $"{setting}: {path}";

    public bool IsRemote => false;

    public async ValueTask<KeyReading> ReadAsync(CancellationToken ct)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(path, "*" + Extension).Take(AuthLimits.KeysPerSource + 1)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return KeyReading.Failed($"{Name} cannot be read: {failure.Message}");
        }

        if (files.Length is 0 or > AuthLimits.KeysPerSource)
        {
            return KeyReading.Failed(
                $"{Name} has {files.Length} keys; expected 1 to {AuthLimits.KeysPerSource} named <kid>{Extension}");
        }

        // The order of a folder is up to the file system; which keys are tried first should not be.
        Array.Sort(files, StringComparer.Ordinal);
        return await ReadFilesAsync(files, ct);
    }

    private async ValueTask<KeyReading> ReadFilesAsync(string[] files, CancellationToken ct)
    {
        List<VerificationKey> keys = [];
        foreach (var file in files)
        {
            var kid = Path.GetFileNameWithoutExtension(file);
            if (kid.Length == 0)
            {
                return KeyReading.Failed($"{setting}: {file} has no name to be a kid; expected <kid>{Extension}");
            }

            var reading = await KeyFileSource.Pem(setting, file, kid).ReadAsync(ct);
            if (reading.Error is not null)
            {
                return reading;
            }

            if (reading.Keys.Count != 1)
            {
                return KeyReading.Failed($"{setting}: {file} holds {reading.Keys.Count} keys; expected one");
            }

            keys.AddRange(reading.Keys);
        }

        return new KeyReading { Keys = keys };
    }
}
