using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Xunit;

namespace Fabrik.ProtocolTests.FabrikProtocol;

/// <summary>Artifacts for tests: their bytes, and short ways to put and get them.</summary>
internal static class Artifacts
{
    public static readonly ArtifactMetadata Metadata = new()
    {
        Tool = "gradle",
        Key = "3db238f1fd436c38f460389498ebaad8",
        Properties = [new("x-artifact-duration", "42"), new("ü", "ä")],
    };

    public static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    public static ArtifactId Id(string name) => new ArtifactKey("", "", "test", name).ToId();

    public static ContentDigest DigestOf(byte[] bytes) => new(SHA256.HashData(bytes));

    public static PipeReader Body(byte[] bytes) => PipeReader.Create(new MemoryStream(bytes));

    /// <summary>Puts as the queue does, with size and digest announced.</summary>
    public static ValueTask<CacheResult<PutOutcome>> PutAsync(
        this ICacheTier tier, ArtifactId id, byte[] bytes, Func<PutOptions, PutOptions>? change = null)
    {
        var options = new PutOptions
        {
            Metadata = Metadata,
            ExpectedSize = bytes.Length,
            ExpectedDigest = DigestOf(bytes),
        };
        return tier.PutAsync(id, Body(bytes), change?.Invoke(options) ?? options, CancellationToken.None);
    }

    /// <summary>Opens what must be there.</summary>
    public static async Task<CachedArtifact> OpenAsync(this ICacheTier tier, ArtifactId id)
    {
        var found = await tier.GetAsync(id, CancellationToken.None);
        Assert.NotNull(found.Value);
        return found.Value;
    }

    /// <summary>Whether a read is a miss.</summary>
    public static async Task<bool> IsMissAsync(this ICacheTier tier, ArtifactId id)
    {
        var found = await tier.GetAsync(id, CancellationToken.None);
        if (found.Value is { } artifact)
        {
            await artifact.DisposeAsync();
        }

        return found.Value is null;
    }

    /// <summary>Reads a part through a pipe.</summary>
    public static async Task<(CacheResult<Unit> Result, byte[] Bytes)> ReadAsync(
        this CachedArtifact artifact, long offset, long length)
    {
        var stream = new MemoryStream();
        var writer = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        var result = await artifact.CopyToAsync(writer, offset, length, CancellationToken.None);
        await writer.CompleteAsync();
        return (result, stream.ToArray());
    }

    /// <summary>Reads all there is.</summary>
    public static async Task<byte[]> ReadAllAsync(this ICacheTier tier, ArtifactId id)
    {
        await using var artifact = await tier.OpenAsync(id);
        var (result, bytes) = await artifact.ReadAsync(0, artifact.Info.Size);
        Assert.Null(result.Error);
        return bytes;
    }
}
