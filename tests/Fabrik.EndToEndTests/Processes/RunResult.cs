namespace Fabrik.EndToEndTests.Processes;

/// <summary>What a child process that ended by itself left behind.</summary>
internal sealed record RunResult(int ExitCode, string Output, string Errors)
{
    public string Everything => Output + Errors;
}
