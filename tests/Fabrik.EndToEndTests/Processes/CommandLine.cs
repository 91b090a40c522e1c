namespace Fabrik.EndToEndTests.Processes;

/// <summary>A command with all that it sees of the world.</summary>
internal sealed record CommandLine(string Program, params string[] Arguments)
{
    public required string Directory { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}
