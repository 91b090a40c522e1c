namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>How much an <see cref="ActionJournal"/> keeps.</summary>
public sealed record JournalLimits
{
    /// <summary>Entries, about 130 bytes each besides their texts.</summary>
    public int Lookups { get; init; } = 65_536;

    /// <summary>UTF-16 units of all different texts of the entries together; older entries make room.</summary>
    public int TextLength { get; init; } = 8 * 1024 * 1024;

    /// <summary>Targets that are counted by name.</summary>
    public int Targets { get; init; } = 10_000;

    /// <summary>Mnemonics that are counted by name; they are labels of a metric, so keep them few.</summary>
    public int Mnemonics { get; init; } = 50;
}
