using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;

namespace Fabrik.UnitTests.Cache.Layers;

/// <summary>A client that takes bytes when the test says so.</summary>
internal sealed class SlowReader : IAsyncDisposable
{
    private readonly CachedArtifact _artifact;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Task<CacheError?> _copying;

    public SlowReader(CachedArtifact artifact, (long Offset, long Length)? range = null)
    {
        _artifact = artifact;
        _copying = CopyAsync(range ?? (0, artifact.Info.Size));
    }

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    public int Count => _bytes.WrittenCount;

    /// <summary>Takes one piece; false at the end.</summary>
    public async Task<bool> TakeAsync()
    {
        var read = await _pipe.Reader.ReadAsync();
        foreach (var piece in read.Buffer)
        {
            _bytes.Write(piece.Span);
        }

        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return !read.IsCompleted;
    }

    /// <summary>Takes until there is at least a number of bytes.</summary>
    public async Task TakeUntilAsync(int count)
    {
        while (Count < count && await TakeAsync())
        {
        }
    }

    /// <summary>Takes all, and tells how it ended.</summary>
    public async Task<CacheError?> FinishAsync()
    {
        while (await TakeAsync())
        {
        }

        return await _copying;
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await _copying;
        await _artifact.DisposeAsync();
    }

    private async Task<CacheError?> CopyAsync((long Offset, long Length) range)
    {
        var copied = await _artifact.CopyToAsync(_pipe.Writer, range.Offset, range.Length, default);
        await _pipe.Writer.CompleteAsync();
        return copied.Error;
    }
}
