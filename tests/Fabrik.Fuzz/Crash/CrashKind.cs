namespace Fabrik.Fuzz.Crash;

/// <summary>What the rounds on one folder allow to be missing.</summary>
internal enum CrashKind
{
    /// <summary>There is room for everything: every acknowledged entry must be there.</summary>
    Roomy,

    /// <summary>Eviction runs all the time: entries may be missing, never wrong.</summary>
    Tight,

    /// <summary>There is room, but blob files are damaged between the rounds: those contents may be missing.</summary>
    Torn,
}
