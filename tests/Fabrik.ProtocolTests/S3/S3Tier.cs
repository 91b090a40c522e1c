using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Upstreams.Objects;
using Fabrik.Upstreams.S3;

namespace Fabrik.ProtocolTests.S3;

/// <summary>A tier over a bucket, and what tests do with it.</summary>
internal sealed class S3Tier : IAsyncDisposable
{
    private readonly ObjectMetrics _metrics = new();

    public S3Tier(S3Options options) => Tier = S3Upstream.Create(options, _metrics, TimeProvider.System);

    public ICacheTier Tier { get; }

    public static ArtifactId Id(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async Task<CacheResult<PutOutcome>> PutAsync(
        string name, byte[] bytes, bool overwrite = false, byte[]? announced = null) => await Tier.PutAsync(
            Id(name),
            PipeReader.Create(new MemoryStream(bytes)),
            new PutOptions
            {
                Metadata = new ArtifactMetadata { Tool = "gradle", Key = name },
                ExpectedSize = bytes.Length,
                ExpectedDigest = new ContentDigest(SHA256.HashData(announced ?? bytes)),
                Overwrite = overwrite,
            },
            CancellationToken.None);

    public async Task<CacheResult<byte[]?>> GetAsync(string name, long offset = 0, long? length = null)
    {
        var got = await Tier.GetAsync(Id(name), CancellationToken.None);
        if (!got.TryGet(out var artifact, out var error))
        {
            return error;
        }

        if (artifact is null)
        {
            return (byte[]?)null;
        }

        await using (artifact)
        {
            using var target = new MemoryStream();
            var writer = PipeWriter.Create(target, new StreamPipeWriterOptions(leaveOpen: true));
            var copied = await artifact.CopyToAsync(
                writer, offset, length ?? (artifact.Info.Size - offset), CancellationToken.None);
            await writer.CompleteAsync();
            return copied.Error is null ? target.ToArray() : copied.Error;
        }
    }

    public async Task<CacheResult<bool>> ContainsAsync(string name)
    {
        var found = new bool[1];
        ArtifactId[] ids = [Id(name)];
        var asked = await Tier.ContainsAsync(ids, found, CancellationToken.None);
        return asked.Error is null ? found[0] : asked.Error;
    }

    public async ValueTask DisposeAsync()
    {
        await Tier.DisposeAsync();
        _metrics.Dispose();
    }
}
