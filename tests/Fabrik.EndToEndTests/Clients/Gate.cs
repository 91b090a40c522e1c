using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>
/// Holds a build in its middle: the last step of every sample project stops here while the gate is closed, so that
/// what happens "mid-build" happens there and nowhere else. Made of files, which any tool can look at.
/// </summary>
internal sealed class Gate
{
    private readonly string _closed;
    private readonly string _reached;

    public Gate(string folder)
    {
        Directory.CreateDirectory(folder);
        _closed = Path.Combine(folder, "closed");
        _reached = Path.Combine(folder, "reached");
    }

    /// <summary>
    /// The step as a line of shell. It gives up after two minutes, as a test that failed would leave it.
    /// </summary>
    public static string ShellStep(string folder) =>
        $"if [ -e {folder}/closed ]; then : > {folder}/reached; i=0; "
        + $"while [ -e {folder}/closed ] && [ $i -lt 2400 ]; do sleep 0.05; i=$((i+1)); done; fi";

    public void Close() => File.WriteAllText(_closed, "");

    public void Open() => File.Delete(_closed);

    public Task ReachedAsync() =>
        Poll.UntilAsync(() => File.Exists(_reached), () => "the build did not reach the gate");
}
