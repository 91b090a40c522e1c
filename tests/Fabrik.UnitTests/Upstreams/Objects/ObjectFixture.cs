using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Testing;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.UnitTests.Upstreams.Objects;

/// <summary>A tier over a store in memory, and what tests do with it.</summary>
internal sealed class ObjectFixture : IAsyncDisposable
{
    private readonly ObjectMetrics _metrics = new();

    public ObjectFixture(MemoryObjectStore? store = null, ObjectTierOptions? options = null)
    {
        Store = store ?? new MemoryObjectStore();
        Tier = new ObjectTier(Store, options ?? new ObjectTierOptions { Prefix = "p/" }, _metrics, Clock);
    }

    public MemoryObjectStore Store { get; }

    public TestClock Clock { get; } = new();

    public ObjectTier Tier { get; }

    public static ArtifactId Id(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public static string KeyOf(string name, string prefix = "p/") => ObjectKeys.Of(prefix, Id(name));

    public static PutOptions For(byte[] bytes, bool overwrite = false, TimeSpan? life = null) => new()
    {
        Metadata = new ArtifactMetadata { Tool = "gradle", Key = "k", Properties = [new("a", "1")] },
        ExpectedSize = bytes.Length,
        ExpectedDigest = new ContentDigest(SHA256.HashData(bytes)),
        Overwrite = overwrite,
        TimeToLive = life,
    };

    public static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];

    public async Task<CacheResult<PutOutcome>> PutAsync(string name, byte[] bytes, PutOptions? options = null) =>
        await Tier.PutAsync(
            Id(name), PipeReader.Create(new MemoryStream(bytes)), options ?? For(bytes), CancellationToken.None);

    public async Task<CachedArtifact?> GetAsync(string name) =>
        (await Tier.GetAsync(Id(name), CancellationToken.None)).Value;

    public static async Task<(byte[] Bytes, CacheError? Error)> CopyAsync(
        CachedArtifact artifact, long offset, long length)
    {
        using var target = new MemoryStream();
        var writer = PipeWriter.Create(target, new StreamPipeWriterOptions(leaveOpen: true));
        var copied = await artifact.CopyToAsync(writer, offset, length, CancellationToken.None);
        await writer.CompleteAsync();
        return (target.ToArray(), copied.Error);
    }

    public async Task<byte[]?> ReadAsync(string name)
    {
        await using var artifact = await GetAsync(name);
        if (artifact is null)
        {
            return null;
        }

        var (bytes, error) = await CopyAsync(artifact, 0, artifact.Info.Size);
        Assert.Null(error);
        return bytes;
    }

    public async Task<IReadOnlyList<bool>> ContainsAsync(params IReadOnlyList<string> names)
    {
        var found = new bool[names.Count];
        var asked = await Tier.ContainsAsync(names.Select(Id).ToArray(), found, CancellationToken.None);
        Assert.Null(asked.Error);
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Tier.DisposeAsync();
        _metrics.Dispose();
    }
}
