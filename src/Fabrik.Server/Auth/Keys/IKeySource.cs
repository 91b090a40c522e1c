namespace Fabrik.Server.Auth.Keys;

/// <summary>Where keys come from: text in the configuration, a file, a folder, or a URL.</summary>
internal interface IKeySource
{
    /// <summary>The setting and its value, for messages.</summary>
    string Name { get; }

    /// <summary>Whether reading goes over the network: then it is read less often, and may fail at the start.</summary>
    bool IsRemote { get; }

    /// <summary>The keys that count until the first reading that succeeds.</summary>
    IReadOnlyList<VerificationKey> Before => [];

    /// <summary>Reads all keys anew. A failure is a reading with an error, not an exception.</summary>
    ValueTask<KeyReading> ReadAsync(CancellationToken ct);
}
