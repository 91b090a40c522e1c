using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>One build in the words of the tool: how many of its steps came from the remote cache.</summary>
internal sealed record BuildResult(RunResult Run, int Hits)
{
    public bool Succeeded => Run.ExitCode == 0;

    public override string ToString() => $"exit code {Run.ExitCode}, {Hits} hits\n{Run.Everything}";
}
