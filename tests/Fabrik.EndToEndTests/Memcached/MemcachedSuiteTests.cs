using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>What passes of memcached's own tests when the proxy stands before it.</summary>
public sealed partial class MemcachedSuiteTests : IDisposable
{
    private const int AtATime = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string KnownFile = Path.Combine(
        Repository.Root, "tests", "Fabrik.EndToEndTests", "Memcached", "suite.txt");

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Proxy_AskedByMemcachedsTests_PassesThoseThatMemcachedPasses()
    {
        var folder = Path.Combine(Repository.Clients, "memcached-suite");
        if (!Directory.Exists(Path.Combine(folder, "t")))
        {
            Tools.Missing("memcached's own tests", "eng/install-memcached-suite");
        }

        Tools.OnPath("prove", "apt-get install perl");
        ConcurrentBag<string> others = [];
        await Parallel.ForEachAsync(
            await KnownAsync(),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            async (known, _) =>
            {
                var (name, failures) = known;
                var run = await RunAsync(folder, name);
                if (Failures(run) != failures)
                {
                    others.Add($"{name}: {failures} failures expected\n{run.Everything}");
                }
            });
        Assert.True(others.IsEmpty, string.Join('\n', others));
    }

    public void Dispose() => _sandbox.Dispose();

    private static async Task<List<(string Name, int Failures)>> KnownAsync() =>
    [
        .. (await File.ReadAllLinesAsync(KnownFile))
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => line.Split(' '))
            .Select(static words => (words[0], int.Parse(words[1], CultureInfo.InvariantCulture))),
    ];

    private static int Failures(RunResult run)
    {
        var failed = FailedTests().Match(run.Output + run.Errors);
        return run.ExitCode == 0 ? 0
            : failed.Success ? int.Parse(failed.Groups["count"].Value, CultureInfo.InvariantCulture)
            : -1;
    }

    // Its counters begin with it: each file has a proxy and a memcached of its own.
    private async Task<RunResult> RunAsync(string folder, string name)
    {
        await using var server = await MemcachedServer.StartAsync(_sandbox);
        var yaml = MemcachedProxyServer.Yaml(
            MemcachedProxyServer.Pool([server]) + "\n  allow_flush_all: true");
        await using var proxy = await MemcachedProxyServer.StartAsync(_sandbox, yaml);
        return await ChildProcess.RunAsync(
            new CommandLine("prove", $"t/{name}.t")
            {
                Directory = folder,
                Environment = _sandbox.EnvironmentWith(("T_MEMD_USE_DAEMON", $"127.0.0.1:{proxy.Port}")),
            },
            Limit);
    }

    [GeneratedRegex("Failed (?<count>[0-9]+)/[0-9]+ subtests", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FailedTests();
}
