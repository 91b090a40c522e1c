namespace Fabrik.Fuzz;

/// <summary>One parser under attack. It fails by throwing: whatever leaves <see cref="Run"/> is a finding.</summary>
internal interface IFuzzTarget
{
    /// <summary>What the command line calls it, in kebab-case.</summary>
    string Name { get; }

    /// <summary>Valid inputs that mutation starts from; at least one.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Feeds one input to the parser and checks what it promises.</summary>
    void Run(ReadOnlySpan<byte> input);
}
