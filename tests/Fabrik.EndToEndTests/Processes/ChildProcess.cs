using System.Diagnostics;

namespace Fabrik.EndToEndTests.Processes;

/// <summary>
/// A process with an environment of its own (nothing is inherited but what <see cref="Sandbox"/> gives), whose output
/// is collected. Disposing kills it and everything it started.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isDisposed;

    private ChildProcess(Process process) => _process = process;

    public OutputLog Output { get; } = new();

    public OutputLog Errors { get; } = new();

    /// <summary>What it printed until now, on either stream.</summary>
    public string Everything => Output.ToString() + Errors;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(CommandLine command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.Directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }
        var process = new Process { StartInfo = start };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => child.Output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => child.Errors.Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>
    /// Runs a command to its end; kills it and throws when it takes longer than <paramref name="limit"/>.
    /// </summary>
    public static async Task<RunResult> RunAsync(CommandLine command, TimeSpan limit)
    {
        await using var child = Start(command);
        return await child.WaitAsync(limit);
    }

    /// <summary>Waits for the end, for at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">It runs on; the text says what it printed.</exception>
    public async Task<RunResult> WaitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException cancellation)
        {
            throw new TimeoutException(
                $"{_process.StartInfo.FileName} still runs after {limit}. It printed:\n{Everything}", cancellation);
        }
        return new RunResult(_process.ExitCode, Output.ToString(), Errors.ToString());
    }

    /// <summary>Sends a signal; a process that is gone is no error.</summary>
    public void Send(Signal signal) => Signals.Send(_process.Id, signal);

    /// <summary>Stops it, and waits until none of its threads runs any more.</summary>
    public Task StopAsync()
    {
        Send(Signal.Stop);
        return Poll.UntilAsync(
            () => Directory.EnumerateFiles($"/proc/{_process.Id}/task", "stat", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                MaxRecursionDepth = 1,
            }).All(static file => File.ReadAllText(file).Split(") ")[^1][0] == 'T'),
            () => "it does not stop");
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
