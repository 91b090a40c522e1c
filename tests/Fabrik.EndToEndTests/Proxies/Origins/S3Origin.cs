using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Clients.S3;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>A running S3 server that is not ours, and the keys that it takes.</summary>
internal sealed class S3Origin : IAsyncDisposable
{
    /// <summary>The bucket that there is.</summary>
    public const string Bucket = "products";

    private readonly ChildProcess _process;

    /// <summary>Takes over a server that was just started.</summary>
    /// <param name="process">Its process, which ends with this.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="keys">An access key and its secret.</param>
    public S3Origin(ChildProcess process, int port, (string AccessKey, string SecretKey) keys)
    {
        (_process, Port, Keys) = (process, port, keys);
        Client = AwsSdk.ClientOf(port, keys);
    }

    public int Port { get; }

    public (string AccessKey, string SecretKey) Keys { get; }

    /// <summary>Amazon's own client, with the keys.</summary>
    public AmazonS3Client Client { get; }

    /// <summary>npm's <c>s3rver</c>, which keeps objects in files.</summary>
    public static async Task<S3Origin> StartS3rverAsync(Sandbox sandbox)
    {
        var port = LoopbackPort.FindFree();
        var process = ChildProcess.Start(new CommandLine(
            Tools.FromNpm("s3rver"),
            ["-d", sandbox.Make($"s3rver-{port}"), "-a", "127.0.0.1", "-p", $"{port}", "--silent"])
        {
            Directory = sandbox.Root,
            Environment = sandbox.Environment,
        });
        S3Origin origin = new(process, port, ("S3RVER", "S3RVER"));
        await origin.ListensAsync();
        return origin;
    }

    /// <summary>Waits until it answers, and makes its bucket.</summary>
    public async Task ListensAsync()
    {
        await LoopbackPort.AnswersAsync(Port, _process);
        await Client.PutBucketAsync(Bucket);
    }

    /// <summary>Stores an object; the answer is its tag.</summary>
    public async Task<string> PutAsync(string key, byte[] bytes, Action<PutObjectRequest>? change = null)
    {
        using MemoryStream stream = new(bytes);
        PutObjectRequest request = new()
        {
            BucketName = Bucket,
            Key = key,
            InputStream = stream,
            UseChunkEncoding = false,
        };
        change?.Invoke(request);
        return (await Client.PutObjectAsync(request)).ETag;
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Send(Signal.Kill);
        await _process.WaitAsync(Poll.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }
}
