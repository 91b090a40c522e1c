using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>Runs the published binary as a command that ends by itself.</summary>
internal static class FabrikCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task<RunResult> RunAsync(Sandbox sandbox, params string[] arguments) =>
        ChildProcess.RunAsync(Line(sandbox, arguments), Limit);

    /// <summary>Runs it with variables beside those of the sandbox.</summary>
    public static Task<RunResult> RunWithAsync(
        Sandbox sandbox, IEnumerable<(string Name, string Value)> variables, params string[] arguments) =>
        ChildProcess.RunAsync(
            Line(sandbox, arguments) with { Environment = sandbox.EnvironmentWith([.. variables]) }, Limit);

    public static CommandLine Line(Sandbox sandbox, params string[] arguments) =>
        new(Repository.Binary, arguments) { Directory = sandbox.Root, Environment = sandbox.Environment };
}
