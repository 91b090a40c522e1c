using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Layers.Buckets;

/// <summary>
/// A real S3 server (npm's <c>s3rver</c>) with one bucket, whose objects are files that can be looked at.
/// </summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "builds";

    private const string ObjectSuffix = "._S3rver_object";

    private readonly ChildProcess _process;
    private readonly string _folder;

    private S3Server(ChildProcess process, string folder, int port) =>
        (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary>The table of an upstream that is this server, by way of a port of choice.</summary>
    public string Upstream(string more = "", int? port = null) =>
        $"""
        url = "s3://{Bucket}/"
        endpoint = "http://127.0.0.1:{port ?? Port}"
        region = "us-east-1"
        path_style = true
        access_key = "S3RVER"
        secret_key = "S3RVER"
        {more}
        """;

    /// <summary>How many objects there are.</summary>
    public int Count => Keys().Count;

    /// <summary>The keys of all objects, in order.</summary>
    public IReadOnlyList<string> Keys()
    {
        var bucket = Path.Combine(_folder, Bucket);
        return [.. Directory.EnumerateFiles(bucket, "*" + ObjectSuffix, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(bucket, file)[..^ObjectSuffix.Length])
            .Order(StringComparer.Ordinal)];
    }

    public static async Task<S3Server> StartAsync(Sandbox sandbox)
    {
        var folder = sandbox.Make("s3");
        var port = LoopbackPort.FindFree();
        var process = ChildProcess.Start(new CommandLine(
            Tools.FromNpm("s3rver"),
            ["-d", folder, "-a", "127.0.0.1", "-p", $"{port}", "--silent", "--configure-bucket", Bucket])
        {
            Directory = sandbox.Root,
            Environment = sandbox.Environment,
        });
        var server = new S3Server(process, folder, port);
        await LoopbackPort.AnswersAsync(port, process);
        return server;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
