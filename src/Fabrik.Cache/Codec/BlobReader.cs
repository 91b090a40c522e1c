using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache.Native.Zstd;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Codec;

/// <summary>
/// Reads one blob file (docs/formats/blob.md), any range of it, decoding only the frames that the range touches. The
/// file stays the caller's. One copy at a time.
/// </summary>
internal sealed class BlobReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly BlobTable _table;
    private readonly BlobCipher? _cipher;

    private BlobReader(SafeFileHandle file, BlobTable table, BlobCipher? cipher)
    {
        _file = file;
        _table = table;
        _cipher = cipher;
    }

    /// <summary>Bytes of content.</summary>
    public long LogicalLength => _table.LogicalLength;

    /// <summary>
    /// Reads and checks header, table and trailer. Errors: <see cref="CacheErrorKind.Damaged"/> when they are not what
    /// was written for the bound id; <see cref="CacheErrorKind.Io"/> when the file cannot be read, or was encrypted
    /// under another key than is given, which is no fault of the file.
    /// </summary>
    public static async ValueTask<CacheResult<BlobReader>> OpenAsync(
        SafeFileHandle file, BlobEncodingOptions options, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await BlobTable.ReadAsync(file, options.BoundId, cancellationToken);
            return read.TryGet(out var table, out var error) ? Open(file, table, options) : error;
        }
        catch (IOException cause)
        {
            return CacheError.Internal(CacheErrorKind.Io, "a blob file could not be read", cause);
        }
    }

    /// <summary>
    /// Writes a range of the content, flushing after each frame. Errors: <see cref="CacheErrorKind.Damaged"/> when a
    /// frame is not what was written, after the good frames before it went out; <see cref="CacheErrorKind.Io"/> when
    /// the file cannot be read; <see cref="CacheErrorKind.Incomplete"/> when the destination takes no more.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the content.</exception>
    public async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LogicalLength - offset);
        var stored = ArrayPool<byte>.Shared.Rent(BlobFormat.MaxStored(_table.FrameSize));
        var content = ArrayPool<byte>.Shared.Rent(_table.FrameSize);
        try
        {
            return await CopyFramesAsync(destination, (stored, content), (offset, length), cancellationToken);
        }
        catch (IOException cause)
        {
            return CacheError.Internal(CacheErrorKind.Io, "a blob file could not be read", cause);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    public void Dispose() => _cipher?.Dispose();

    /// <summary>Fills the destination from the file; false when the file ends before.</summary>
    internal static async ValueTask<bool> ReadExactlyAsync(
        SafeFileHandle file, Memory<byte> destination, long position, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            var count = await RandomAccess.ReadAsync(file, destination, position, cancellationToken);
            if (count == 0)
            {
                return false;
            }

            destination = destination[count..];
            position += count;
        }

        return true;
    }

    private static CacheResult<BlobReader> Open(SafeFileHandle file, BlobTable table, BlobEncodingOptions options)
    {
        if (!table.IsEncrypted)
        {
            return new BlobReader(file, table, cipher: null);
        }

        if (BlobKeyCheck.FaultOf(options.KeyId.Span, table.KeyId) is { } fault)
        {
            return CacheError.Internal(CacheErrorKind.Io, $"a blob file {fault}");
        }

        var cipher = new BlobCipher(options.EncryptionKey.Span, table.Header);
        if (!table.IsAuthentic(cipher, options.BoundId.Span))
        {
            cipher.Dispose();
            return BlobTable.Damaged("its table is not authentic");
        }

        return new BlobReader(file, table, cipher);
    }

    private async ValueTask<CacheResult<Unit>> CopyFramesAsync(
        PipeWriter destination,
        (byte[] Stored, byte[] Content) buffers,
        (long Offset, long Length) range,
        CancellationToken cancellationToken)
    {
        var (offset, end) = (range.Offset, range.Offset + range.Length);
        var number = (int)(offset / _table.FrameSize);
        var position = _table.PositionOf(number);
        for (; offset < end; number++)
        {
            var (length, checksum) = _table[number];
            var stored = buffers.Stored.AsMemory(0, length);
            if (!await ReadExactlyAsync(_file, stored, position, cancellationToken))
            {
                return BlobTable.Damaged($"frame {number} is cut off");
            }

            var content = buffers.Content.AsMemory(0, _table.ContentLengthOf(number));
            if (Decode(number, stored.Span, checksum, content.Span) is { } fault)
            {
                return BlobTable.Damaged($"frame {number} {fault}");
            }

            var frameStart = (long)number * _table.FrameSize;
            var wanted = content[(int)(offset - frameStart)..(int)Math.Min(content.Length, end - frameStart)];
            var flushed = await destination.WriteAsync(wanted, cancellationToken);
            offset += wanted.Length;
            position += length;
            if ((flushed.IsCompleted || flushed.IsCanceled) && offset < end)
            {
                return CacheError.Client(CacheErrorKind.Incomplete, "the receiver of a blob took no more of it");
            }
        }

        return default(Unit);
    }

    private string? Decode(int number, Span<byte> stored, uint checksum, Span<byte> content)
    {
        if (Crc32C.Compute(stored) != checksum)
        {
            return "does not have its checksum";
        }

        if (_cipher is not null)
        {
            var tag = stored[^BlobCipher.TagLength..];
            stored = stored[..^BlobCipher.TagLength];
            if (!_cipher.TryOpen((uint)number, stored, tag, default))
            {
                return "is not authentic";
            }
        }

        if (!_table.IsCompressed)
        {
            stored.CopyTo(content);
            return null;
        }

        return Decompress(stored, content);
    }

    private static string? Decompress(ReadOnlySpan<byte> stored, Span<byte> content)
    {
        var decompressor = ZstdPool.Decompressors.Rent();
        try
        {
            return decompressor.TryDecompress(stored, content, out var error) ? null : $"does not decode: {error}";
        }
        finally
        {
            ZstdPool.Decompressors.Return(decompressor);
        }
    }
}
