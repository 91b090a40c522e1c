using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Fabrik.Cache.Native.Zstd;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Codec;

/// <summary>
/// Writes one blob file (docs/formats/blob.md) from start to end in one pass. Memory is two frames, and eight bytes
/// for each frame written. The file stays the caller's: it opens, syncs, renames and closes it. Not thread-safe.
/// </summary>
internal sealed class BlobWriter : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly BlobEncodingOptions _options;
    private readonly byte[] _header = new byte[BlobFormat.HeaderLength];
    private readonly ArrayBufferWriter<byte> _table = new();
    private readonly BlobCipher? _cipher;
    private byte[] _content;
    private byte[] _stored;
    private int _filled;
    private long _logicalLength;
    private long _position;

    /// <summary>A writer to the start of an empty file.</summary>
    /// <exception cref="ArgumentException">The options' frame size is not allowed.</exception>
    public BlobWriter(SafeFileHandle file, BlobEncodingOptions options)
        : this(file, options, RandomNumberGenerator.GetBytes(BlobCipher.SaltLength))
    {
    }

    /// <summary>A writer with a given salt, for tests of frozen bytes: a salt must never be used twice.</summary>
    internal BlobWriter(SafeFileHandle file, BlobEncodingOptions options, ReadOnlySpan<byte> salt)
    {
        Check(options);
        _file = file;
        _options = options;
        var flags = options.Compression == CompressionKind.Zstd ? BlobFormat.ZstdFlag : 0;
        flags |= options.EncryptionKey.IsEmpty ? 0 : BlobFormat.EncryptedFlag;
        BlobFormat.WriteHeader(_header, (byte)flags, options.FrameSize);
        if (!options.EncryptionKey.IsEmpty)
        {
            options.KeyId.Span.CopyTo(BlobFormat.KeyIdOf(_header));
            salt.CopyTo(BlobFormat.SaltOf(_header));
            _cipher = new BlobCipher(options.EncryptionKey.Span, _header);
        }

        _content = ArrayPool<byte>.Shared.Rent(options.FrameSize);
        _stored = ArrayPool<byte>.Shared.Rent(BlobFormat.MaxStored(options.FrameSize));
    }

    /// <summary>Appends content.</summary>
    /// <exception cref="IOException">The file could not be written; the blob is lost.</exception>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken = default)
    {
        foreach (var segment in bytes)
        {
            await WriteAsync(segment, cancellationToken);
        }
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlySequence{byte}, CancellationToken)"/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            var room = Math.Min(bytes.Length, _options.FrameSize - _filled);
            if (room == _options.FrameSize)
            {
                await WriteFrameAsync(bytes[..room], cancellationToken);
            }
            else
            {
                bytes[..room].CopyTo(_content.AsMemory(_filled));
                _filled += room;
                await WriteFilledAsync(_options.FrameSize, cancellationToken);
            }

            bytes = bytes[room..];
        }
    }

    /// <summary>Writes what is left, the table and the trailer. Nothing may be written afterwards.</summary>
    /// <param name="boundId">The id to bind to, if it was not known when the options were made.</param>
    /// <param name="cancellationToken">Breaks off; the blob is lost.</param>
    /// <exception cref="IOException">The file could not be written; the blob is lost.</exception>
    public async ValueTask<BlobLayout> CompleteAsync(
        ReadOnlyMemory<byte> boundId = default, CancellationToken cancellationToken = default)
    {
        await WriteFilledAsync(atLeast: 1, cancellationToken);
        if (_position == 0)
        {
            await AppendAsync(_header, cancellationToken);
        }

        var frameCount = _table.WrittenCount / BlobFormat.TableEntryLength;
        WriteTrailer(boundId.IsEmpty ? _options.BoundId.Span : boundId.Span, frameCount);
        await AppendAsync(_table.WrittenMemory, cancellationToken);
        return new BlobLayout(_logicalLength, _position, frameCount);
    }

    /// <summary>Gives the buffers back; what was not completed is no blob.</summary>
    public void Dispose()
    {
        _cipher?.Dispose();
        ArrayPool<byte>.Shared.Return(_content);
        ArrayPool<byte>.Shared.Return(_stored);
        _content = [];
        _stored = [];
    }

    private static void Check(BlobEncodingOptions options)
    {
        if (!BitOperations.IsPow2(options.FrameSize)
            || BitOperations.Log2((uint)options.FrameSize) is < BlobFormat.MinFrameShift or > BlobFormat.MaxFrameShift)
        {
            throw new ArgumentException(
                $"a frame size is a power of two from 1 KiB to 1 MiB, not {options.FrameSize}", nameof(options));
        }
    }

    private async ValueTask WriteFilledAsync(int atLeast, CancellationToken cancellationToken)
    {
        if (_filled >= atLeast)
        {
            await WriteFrameAsync(_content.AsMemory(0, _filled), cancellationToken);
            _filled = 0;
        }
    }

    private async ValueTask WriteFrameAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_position == 0)
        {
            await AppendAsync(_header, cancellationToken);
        }

        var length = Encode(content.Span);
        await AppendAsync(_stored.AsMemory(0, length), cancellationToken);
        _logicalLength += content.Length;
    }

    private int Encode(ReadOnlySpan<byte> content)
    {
        var number = (uint)(_table.WrittenCount / BlobFormat.TableEntryLength);
        if (number >= BlobFormat.MaxFrames)
        {
            throw new IOException($"a blob has at most {BlobFormat.MaxFrames} frames of {_options.FrameSize} bytes");
        }

        var length = Compress(content);
        if (_cipher is not null)
        {
            _cipher.Seal(number, _stored.AsSpan(0, length), _stored.AsSpan(length, BlobCipher.TagLength), default);
            length += BlobCipher.TagLength;
        }

        var entry = _table.GetSpan(BlobFormat.TableEntryLength);
        BinaryPrimitives.WriteInt32LittleEndian(entry, length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Crc32C.Compute(_stored.AsSpan(0, length)));
        _table.Advance(BlobFormat.TableEntryLength);
        return length;
    }

    private int Compress(ReadOnlySpan<byte> content)
    {
        if (_options.Compression == CompressionKind.None)
        {
            content.CopyTo(_stored);
            return content.Length;
        }

        var compressor = ZstdPool.Compressors.Rent();
        try
        {
            return compressor.Compress(content, _stored, _options.Level);
        }
        finally
        {
            ZstdPool.Compressors.Return(compressor);
        }
    }

    private void WriteTrailer(ReadOnlySpan<byte> boundId, int frameCount)
    {
        Span<byte> trailer = stackalloc byte[BlobFormat.TrailerLength];
        BlobFormat.WriteTrailer(trailer, _logicalLength, frameCount);
        if (_cipher is not null)
        {
            Span<byte> summary = stackalloc byte[SHA256.HashSizeInBytes];
            BlobFormat.Summarize(boundId, _table.WrittenSpan, trailer, summary);
            var tag = trailer.Slice(BlobFormat.TrailerTag, BlobCipher.TagLength);
            _cipher.Seal(BlobCipher.TrailerNumber, default, tag, summary);
        }

        BlobFormat.WriteChecksum(
            trailer, BlobFormat.Checksum(_header, boundId, _table.WrittenSpan, trailer));
        _table.Write(trailer);
    }

    private async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_file, bytes, _position, cancellationToken);
        _position += bytes.Length;
    }
}
