using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>A hit whose body comes as a test says; without a script it is written at once.</summary>
public sealed class ScriptedArtifact(byte[] content) : CachedArtifact
{
    private readonly TaskCompletionSource _disposed = new();
    private int _disposals;

    public override ArtifactInfo Info { get; } = new()
    {
        Id = default,
        Digest = new ContentDigest(SHA256.HashData(content)),
        Size = content.Length,
        Metadata = new ArtifactMetadata { Tool = "test" },
        CreatedAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Ends with the first disposal.</summary>
    public Task Disposed => _disposed.Task;

    public bool IsInMemory { get; init; }

    public Func<PipeWriter, CancellationToken, ValueTask<CacheResult<Unit>>>? OnCopy { get; set; }

    public Func<ValueTask> OnDispose { get; set; } = () => ValueTask.CompletedTask;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = IsInMemory ? content : default;
        return IsInMemory;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        if (OnCopy is not null)
        {
            return await OnCopy(destination, cancellationToken);
        }

        await destination.WriteAsync(content.AsMemory((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    public override ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
        return OnDispose();
    }
}
