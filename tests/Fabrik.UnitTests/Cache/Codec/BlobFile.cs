using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Codec;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

/// <summary>A blob file in the temporary folder that goes when it is disposed of.</summary>
internal sealed class BlobFile : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), $"fabrik-blob-{Guid.NewGuid():n}"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        FileOptions.DeleteOnClose);

    public SafeFileHandle Handle => _handle;

    public byte[] Bytes
    {
        get
        {
            var bytes = new byte[RandomAccess.GetLength(_handle)];
            Assert.Equal(bytes.Length, RandomAccess.Read(_handle, bytes, 0));
            return bytes;
        }

        set
        {
            RandomAccess.SetLength(_handle, value.Length);
            RandomAccess.Write(_handle, value, 0);
        }
    }

    /// <summary>Writes content in pieces of a given length.</summary>
    public async Task<BlobLayout> WriteAsync(ReadOnlyMemory<byte> content, BlobEncodingOptions options, int piece)
    {
        RandomAccess.SetLength(_handle, 0);
        using var writer = new BlobWriter(_handle, options);
        for (; !content.IsEmpty; content = content[Math.Min(piece, content.Length)..])
        {
            await writer.WriteAsync(content[..Math.Min(piece, content.Length)]);
        }

        return await writer.CompleteAsync();
    }

    /// <summary>Reads a range, or all from its offset on.</summary>
    public async Task<CacheResult<byte[]>> ReadAsync(
        BlobEncodingOptions options, long offset = 0, long? length = null)
    {
        var opened = await BlobReader.OpenAsync(_handle, options);
        if (!opened.TryGet(out var reader, out var error))
        {
            return error;
        }

        using (reader)
        {
            using var memory = new MemoryStream();
            var pipe = PipeWriter.Create(memory);
            var copied = await reader.CopyToAsync(
                pipe, offset, length ?? reader.LogicalLength - offset, CancellationToken.None);
            await pipe.CompleteAsync();
            return copied.TryGet(out _, out error) ? memory.ToArray() : error;
        }
    }

    public void Dispose() => _handle.Dispose();
}
