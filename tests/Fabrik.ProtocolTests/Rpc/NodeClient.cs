using System.Diagnostics;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>gRPC's own client for Node, as <c>eng/install-clients</c> installed it.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a scenario of <c>interop.js</c>. Without the client it is skipped, and fails in CI.</summary>
    /// <param name="scenario">A function in the script.</param>
    /// <param name="address">The server.</param>
    /// <param name="authority">A file with the certificate to trust, for TLS.</param>
    public static async Task RunAsync(string scenario, Uri address, string? authority = null)
    {
        var root = FindRoot();
        var modules = Path.Combine(root, ".clients", "npm", "node_modules");
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(static folder => Path.Combine(folder, "node"))
            .FirstOrDefault(File.Exists);
        if (node is null || !Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")))
        {
            SkipOrFail();
        }

        var script = Path.Combine(AppContext.BaseDirectory, "Rpc", "Node", "interop.js");
        string[] arguments = [script, scenario, address.Authority, Path.Combine(root, "proto"), .. Optional(authority)];
        var start = new ProcessStartInfo(node!, arguments) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment["NODE_PATH"] = modules;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        Assert.True(process.ExitCode == 0, $"{scenario}: {await errors}");
    }

    private static string[] Optional(string? value) => value is null ? [] : [value];

    private static void SkipOrFail()
    {
        const string Reason = "@grpc/grpc-js is missing: install it by eng/install-clients.";
        if (Environment.GetEnvironmentVariable("CI") is not (null or "" or "false"))
        {
            Assert.Fail(Reason + " In CI no client may be missing.");
        }

        Assert.Skip(Reason);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fabrik.slnx")))
        {
            folder = folder.Parent
                ?? throw new InvalidOperationException($"no Fabrik.slnx above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }
}
