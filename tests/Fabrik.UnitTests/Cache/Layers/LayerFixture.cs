using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>Layers over a tier in memory and two upstreams that do what a test says.</summary>
internal sealed class LayerFixture : IAsyncDisposable
{
    public const int Mega = 1024 * 1024;

    public LayerFixture(
        LayerOptions? options = null,
        ICacheTier? local = null,
        Func<Upstream, Upstream>? change = null)
    {
        change ??= upstream => upstream;
        Cache = new LayeredCache(
            new LayerParts
            {
                Local = local ?? Local,
                Upstreams = [change(Upstream(Near)), change(Upstream(Far))],
                Options = options ?? new LayerOptions(),
                Uploads = Uploads,
            },
            Clock,
            NullLoggerFactory.Instance);
    }

    public TestClock Clock { get; } = new();

    public MemoryTier Local { get; } = new() { Form = ArtifactForm.Copied };

    /// <summary>The upstream that is asked first.</summary>
    public ScriptedUpstream Near { get; } = new("near");

    public ScriptedUpstream Far { get; } = new("far");

    public RecordedUploads Uploads { get; } = new();

    public LayeredCache Cache { get; }

    public LayerStatistics Statistics => Cache.Statistics;

    public static ArtifactId Id(string key) => new ArtifactKey("", "", "test", key).ToId();

    public static byte[] Content(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static PutOptions PutOptions => new() { Metadata = new ArtifactMetadata { Tool = "test" } };

    public async Task<CachedArtifact?> OpenAsync(string key) => (await Cache.GetAsync(Id(key), default)).Value;

    /// <summary>The bytes under a key, or null if there are none; an error is a failure.</summary>
    public async Task<byte[]?> GetAsync(string key)
    {
        await using var artifact = await OpenAsync(key);
        if (artifact is null)
        {
            return null;
        }

        var (bytes, error) = await ReadAsync(artifact);
        Assert.Null(error);
        return bytes;
    }

    /// <summary>What an artifact delivers, and the error that ended it.</summary>
    public static Task<(byte[] Bytes, CacheError? Error)> ReadAsync(CachedArtifact artifact) =>
        ReadAsync(artifact, 0, artifact.Info.Size);

    public static async Task<(byte[] Bytes, CacheError? Error)> ReadAsync(
        CachedArtifact artifact, long offset, long length)
    {
        using var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        var copied = await artifact.CopyToAsync(writer, offset, length, default);
        await writer.CompleteAsync();
        return (bytes.ToArray(), copied.Error);
    }

    public ValueTask<CacheResult<PutOutcome>> PutAsync(string key, byte[] bytes, PutOptions? options = null) =>
        Cache.PutAsync(
            Id(key), PipeReader.Create(new ReadOnlySequence<byte>(bytes)), options ?? PutOptions, default);

    /// <summary>Completes when the fetch of a key, if there is one, has ended.</summary>
    public Task LandedAsync(string key) => Cache.Reads.Flights.Find(Id(key))?.Ended ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        Assert.Equal(0, Statistics.Running);
    }

    private static Upstream Upstream(ScriptedUpstream tier) => new(tier, new UpstreamOptions { Name = tier.Name });
}
