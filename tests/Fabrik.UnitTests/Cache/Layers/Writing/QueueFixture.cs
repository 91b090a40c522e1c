using System.Runtime.CompilerServices;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Testing;
using Fabrik.UnitTests.Server.Auth;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>A queue in a folder of its own, between tiers in memory.</summary>
internal sealed class QueueFixture : IAsyncDisposable
{
    private static readonly string Root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private readonly string _root = Directory.CreateDirectory(
        Path.Combine(Root, $"fabrik-queue-{Guid.NewGuid():N}")).FullName;

    public QueueFixture()
    {
        Folder = Path.Combine(_root, "queue");
        Local = new MemoryTier(Clock);
        Upstream = new SpyTier(new MemoryTier(Clock));
    }

    public TestClock Clock { get; } = new();

    public LogCapture Logs { get; } = new();

    public string Folder { get; set; }

    public MemoryTier Local { get; }

    public SpyTier Upstream { get; }

    public UploadQueue Queue { get; private set; } = null!;

    public IUploads Uploads => Queue;

    public UploadOptions Settings { get; set; } = new();

    public UploadStatistics Statistics => Queue.Statistics.Single();

    public static async Task<QueueFixture> OpenAsync(Func<UpstreamOptions, UpstreamOptions>? change = null)
    {
        QueueFixture fixture = new();
        await fixture.ReopenAsync(change);
        return fixture;
    }

    public static ArtifactId Id(string key) => new ArtifactKey("", "", "test", key).ToId();

    public static UploadOrder Order(string key, UploadOperation operation = UploadOperation.Put) =>
        new("", Id(key), operation);

    /// <summary>Closes the queue and opens it again.</summary>
    public async Task ReopenAsync(Func<UpstreamOptions, UpstreamOptions>? change = null)
    {
        if (Queue is not null)
        {
            await Queue.DisposeAsync();
        }

        UpstreamOptions options = new() { Name = "up", QueueMaxAge = TimeSpan.FromDays(3650) };
        await OpenWithAsync([new Upstream(Upstream, change?.Invoke(options) ?? options)]);
    }

    public async Task OpenWithAsync(IReadOnlyList<Upstream> upstreams)
    {
        if (Queue is not null)
        {
            await Queue.DisposeAsync();
        }

        Queue = UploadQueue.Open(
            new UploadQueueOptions
            {
                Directory = Folder,
                Local = Local,
                Upstreams = upstreams,
                HoldLimit = Settings.HoldLimit,
            },
            Clock,
            Logs,
            new Random(1));
    }

    /// <summary>Stores something locally, as a client does.</summary>
    public byte[] Store(string key, int size = 100, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        Local.Set(Id(key), bytes, new ArtifactMetadata { Tool = "test", Key = key });
        return bytes;
    }

    /// <summary>Stores something locally and queues it.</summary>
    public async Task<byte[]> WriteAsync(
        string key, int size = 100, int seed = 1, UploadOperation operation = UploadOperation.Put)
    {
        var bytes = Store(key, size, seed);
        await Uploads.EnqueueAsync(Order(key, operation) with { Size = size }, default);
        return bytes;
    }

    /// <summary>Lets the time go on until something is done.</summary>
    public Task EndsAsync(Task task) => Clock.AdvanceUntilAsync(Step, task);

    /// <summary>Lets the time go on until nothing waits.</summary>
    public Task EmptiesAsync() => EndsAsync(Queue.WaitUntilEmptyAsync(default));

    /// <summary>Lets the time go on until something holds.</summary>
    public Task UntilAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Clock.AdvanceUntilAsync(Step, condition, what);

    /// <summary>What a crash leaves: the folder as it is now, copied.</summary>
    public string CopyFolder()
    {
        var copy = Path.Combine(_root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Folder).Where(file => Path.GetFileName(file) != "LOCK"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        Logs.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}

/// <summary>What tests change of the queue's own options.</summary>
internal sealed record UploadOptions
{
    public long HoldLimit { get; init; }
}
