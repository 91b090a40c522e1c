using System.CommandLine;
using Fabrik.Composition;

namespace Fabrik.Cli;

/// <summary><c>--ports-file</c> of the commands that serve.</summary>
internal static class PortsFileOption
{
    private const string Name = "--ports-file";

    /// <summary>Makes the option.</summary>
    public static Option<string?> Create() => new(Name)
    {
        Description = "Write the ports as JSON to this file once all listeners listen; for ports that are 0.",
        HelpName = "FILE",
    };

    /// <summary>Writes the file, where one is wanted.</summary>
    /// <returns>Why it cannot be written; null once it is.</returns>
    public static string? Write(string? file, IEnumerable<ListenerRole> listeners) =>
        file is not null && PortsFile.TryWrite(file, listeners) is { } problem ? $"{Name}: {problem}" : null;
}
