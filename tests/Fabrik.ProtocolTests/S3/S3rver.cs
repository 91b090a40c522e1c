using System.Diagnostics;
using Fabrik.Upstreams.S3;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>
/// The npm package s3rver, which keeps buckets in a folder, as a process on a free port. It knows who asks, but does
/// not check signatures of version 4.
/// </summary>
public sealed class S3rver : IAsyncLifetime
{
    private const string Listening = "S3rver listening on ";

    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-s3rver-").FullName;
    private Process? _process;
    private Task _log = Task.CompletedTask;
    private Uri? _endpoint;

    /// <summary>A bucket of it; skips the test when the server cannot run here.</summary>
    public S3Options Options => new()
    {
        Bucket = "fabrik",
        Endpoint = _endpoint ?? Missing(),
        Prefix = $"{Guid.NewGuid():N}/",
        AccessKey = "S3RVER",
        SecretKey = "S3RVER",
        PartSize = S3Options.MinPartSize,
    };

    public async ValueTask InitializeAsync()
    {
        var script = Path.Combine(Root(), ".clients", "npm", "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(script))
        {
            return;
        }

        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, UseShellExecute = false };
        // Its listings are encrypted with a cipher that newer versions of OpenSSL have in their old provider only.
        start.Environment["NODE_OPTIONS"] = "--openssl-legacy-provider";
        foreach (var argument in (string[])
            [script, "-d", _folder, "-a", "127.0.0.1", "-p", "0", "--configure-bucket", "fabrik"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        while (_endpoint is null && await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _endpoint = line.StartsWith(Listening, StringComparison.Ordinal)
                ? new Uri($"http://{line[Listening.Length..]}")
                : null;
        }

        Assert.NotNull(_endpoint);
        // It logs every request: somebody has to read that.
        _log = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            await _log;
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static Uri Missing()
    {
        const string Reason = "s3rver is missing: install it by eng/install-npm-clients.";
        if (Environment.GetEnvironmentVariable("CI") is not (null or "" or "false"))
        {
            Assert.Fail(Reason + " In CI no server may be missing.");
        }

        Assert.Skip(Reason);
        throw new UnreachableException();
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
