namespace Fabrik.Server.Auth.Keys;

/// <summary>Keys written into the configuration itself.</summary>
internal sealed class PemTextSource(string setting, string text) : IKeySource
{
    public string Name => setting;

    public bool IsRemote => false;

    public ValueTask<KeyReading> ReadAsync(CancellationToken ct)
    {
        var reading = PemKeys.Read(text, kid: null);
        return new(reading.Error is { } error ? KeyReading.Failed($"{Name}: found {error}") : reading);
    }
}
