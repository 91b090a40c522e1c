using System.Diagnostics;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>A program of an npm package below .clients/npm; skips the test where that is not installed.</summary>
internal sealed class NodeProgram : IAsyncDisposable
{
    private static readonly string Modules = Path.Combine(Root(), ".clients", "npm", "node_modules");

    private readonly Process _process;
    private Task _rest = Task.CompletedTask;

    private NodeProgram(Process process) => _process = process;

    /// <summary>Starts a script, in a folder of its own and with the variables given.</summary>
    public static NodeProgram Start(
        string package, string folder, string[] arguments, params (string Name, string? Value)[] variables)
    {
        if (!Directory.Exists(Path.Combine(Modules, package)))
        {
            var reason = $"{package} is not installed: eng/install-clients, or npm install {package} in .clients/npm";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") is null or "" or "false", reason);
            Assert.Fail(reason);
        }

        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new NodeProgram(Process.Start(start)!);
    }

    /// <summary>A file of a package.</summary>
    public static string FileOf(string package, string path) => Path.Combine(Modules, package, path);

    /// <summary>The first line that contains a text; what follows is read by nobody but kept flowing.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                _rest = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return line;
            }
        }

        throw new InvalidOperationException($"no \"{text}\" but: {await _process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>All its output, when it has ended.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync();
        var output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return output + await errors;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _rest;
        _process.Dispose();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fabrik.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Fabrik.slnx above");
        }

        return folder;
    }
}
