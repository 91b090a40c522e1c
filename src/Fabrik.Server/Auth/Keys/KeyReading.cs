namespace Fabrik.Server.Auth.Keys;

/// <summary>What a source of keys gave: keys, or the error that took their place.</summary>
internal sealed record KeyReading
{
    /// <summary>The keys; none beside an error.</summary>
    public IReadOnlyList<VerificationKey> Keys { get; init; } = [];

    /// <summary>Why keys of a set were left out, one sentence each.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>What is wrong, where, and what was expected; <see langword="null"/> on success.</summary>
    public string? Error { get; init; }

    /// <summary>A failure.</summary>
    public static KeyReading Failed(string error) => new() { Error = error };
}
