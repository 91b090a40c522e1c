using System.Diagnostics;
using System.Globalization;

namespace Fabrik.Fuzz.Crash;

/// <summary>A worker in a process of its own.</summary>
internal sealed class CrashProcess : IDisposable
{
    /// <summary>After this a worker hangs: nothing that it does takes more than seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly CancellationTokenSource _deadline = new(Patience);
    private readonly Task<string> _errors;
    private bool _wasKilled;

    private CrashProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static CrashProcess Start(string folder, int seed, int round)
    {
        // The program lies beside its own assembly, in the unit tests' folder too.
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Fabrik.Fuzz"))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(CrashCommand.Worker);
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add(seed.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(round.ToString(CultureInfo.InvariantCulture));
        return new CrashProcess(Process.Start(start)!);
    }

    /// <summary>The next line of the journal; null at its end.</summary>
    public async Task<string?> ReadLineAsync()
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync(_deadline.Token);
        }
        catch (OperationCanceledException error)
        {
            throw new InvalidOperationException($"the worker hangs: no end after {Patience}", error);
        }
    }

    /// <summary>Lets it close the store when its operations are done.</summary>
    public void LetFinish()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    /// <summary>SIGKILL, after a delay.</summary>
    public async Task KillAsync(TimeSpan delay)
    {
        await Task.Delay(delay);
        _wasKilled = true;
        _process.Kill();
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>A finding, or null when it was killed or ended well.</returns>
    public async Task<string?> WaitAsync()
    {
        await _process.WaitForExitAsync();
        var errors = await _errors;
        return _wasKilled || _process.ExitCode == 0
            ? null
            : $"the worker ended with {_process.ExitCode}: {errors.ReplaceLineEndings(" ")}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _deadline.Dispose();
    }
}
