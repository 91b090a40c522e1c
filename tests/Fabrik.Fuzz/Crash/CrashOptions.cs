namespace Fabrik.Fuzz.Crash;

/// <summary>What a crash test is run with.</summary>
internal sealed record CrashOptions
{
    /// <summary>Everything but the moment of the kill follows from it.</summary>
    public int Seed { get; init; } = Random.Shared.Next();

    /// <summary>The first round: a finding is repeated from where its folder began.</summary>
    public int From { get; init; }

    public int Rounds { get; init; } = 200;

    /// <summary>Where the stores are made; each goes when its rounds went well.</summary>
    public string Directory { get; init; } = Path.GetTempPath();
}
