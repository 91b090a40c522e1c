using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>A server with two buckets and two access keys, files to send, and a shell to run a client in.</summary>
internal sealed class S3Session : IAsyncDisposable
{
    /// <summary>A key that may do everything.</summary>
    public const string Key = "AKIDFABRIK";

    /// <summary>A key that may read.</summary>
    public const string ReadKey = "AKIDREAD";

    /// <summary>The secret of both.</summary>
    public const string Secret = "a/secret+with=odd-characters";

    /// <summary>More than clients send in one piece.</summary>
    public const int BigSize = 26 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Sandbox _sandbox = new();
    private FabrikServer _server = null!;

    private S3Session()
    {
    }

    /// <summary>The S3 API.</summary>
    public Uri Address => _server.S3Address;

    /// <summary>Starts the server, and writes the files.</summary>
    public static async Task<S3Session> StartAsync()
    {
        S3Session session = new();
        session._server = await FabrikServer.StartAsync(session._sandbox, new ServerConfiguration
        {
            StoreDirectory = session._sandbox.In("store"),
            S3 = $"""
                [[build_tools.s3.buckets]]
                name = "fabrik"
                [[build_tools.s3.buckets]]
                name = "second"
                [[build_tools.s3.access_keys]]
                access_key = "{Key}"
                secret_key = "{Secret}"
                [[build_tools.s3.access_keys]]
                access_key = "{ReadKey}"
                secret_key = "{Secret}"
                permissions = ["cache:read"]
                """,
        });
        session.WriteFiles();
        return session;
    }

    /// <summary>Runs a script of shell in the folder of the files; every command of it must succeed.</summary>
    public async Task<string> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        var file = _sandbox.Write($"script-{Guid.NewGuid():N}.sh", script);
        var run = await ChildProcess.RunAsync(
            new CommandLine("/bin/bash", "-eux", file)
            {
                Directory = _sandbox.In("work"),
                Environment = _sandbox.EnvironmentWith(environment),
            },
            Limit);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.Everything}\n{_server.Log}");
        return run.Output;
    }

    /// <summary>Writes a file into the client's home.</summary>
    public string WriteConfiguration(string name, string text) => _sandbox.Write($"home/{name}", text);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _sandbox.Dispose();
    }

    private void WriteFiles()
    {
        _sandbox.Write("work/small.txt", "hello\n");
        _sandbox.Write("work/tree/a+b.txt", "plus");
        _sandbox.Write("work/tree/plain", "plain");
        _sandbox.Write("work/tree/sub dir/ü %2F日本語.txt", "odd");
        _sandbox.Write("work/tree/sub dir/#?&=;@,'()!*~.txt", "odder");
        var bytes = new byte[BigSize];
        new Random(17).NextBytes(bytes);
        File.WriteAllBytes(_sandbox.In("work/big.bin"), bytes);
    }
}
