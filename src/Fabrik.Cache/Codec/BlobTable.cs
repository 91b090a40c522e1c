using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Codec;

/// <summary>The header, table and trailer of a blob file that was checked: where each frame lies.</summary>
internal sealed class BlobTable
{
    /// <summary>How much of the file's end is read at once: the table of a blob of 127 MiB.</summary>
    private const int TailLength = 4096;

    private readonly byte[] _header;
    private readonly ReadOnlyMemory<byte> _table;
    private readonly ReadOnlyMemory<byte> _trailer;

    private BlobTable(byte[] header, ReadOnlyMemory<byte> tableAndTrailer, long logicalLength)
    {
        _header = header;
        _table = tableAndTrailer[..^BlobFormat.TrailerLength];
        _trailer = tableAndTrailer[^BlobFormat.TrailerLength..];
        LogicalLength = logicalLength;
    }

    /// <summary>Bytes of content.</summary>
    public long LogicalLength { get; }

    /// <summary>Bytes of content in every frame but the last.</summary>
    public int FrameSize => 1 << _header[6];

    /// <summary>Whether the frames are encrypted.</summary>
    public bool IsEncrypted => (_header[5] & BlobFormat.EncryptedFlag) != 0;

    /// <summary>Whether the frames are zstd frames.</summary>
    public bool IsCompressed => (_header[5] & BlobFormat.ZstdFlag) != 0;

    /// <summary>The header's bytes.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>The id of the key it was encrypted under.</summary>
    public ReadOnlySpan<byte> KeyId => BlobFormat.KeyIdOf(_header);

    private int FrameCount => _table.Length / BlobFormat.TableEntryLength;

    /// <summary>A frame's length on disk and the checksum of its bytes there.</summary>
    public (int Length, uint Checksum) this[int number]
    {
        get
        {
            var entry = _table.Span.Slice(number * BlobFormat.TableEntryLength, BlobFormat.TableEntryLength);
            return (BinaryPrimitives.ReadInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
        }
    }

    /// <summary>The error of a file that is not what was written.</summary>
    public static CacheError Damaged(string fault) =>
        CacheError.Internal(CacheErrorKind.Damaged, $"a blob file is damaged: {fault}");

    /// <summary>Reads header, table and trailer, and checks them against their checksum and each other.</summary>
    /// <exception cref="IOException">The file could not be read.</exception>
    public static async ValueTask<CacheResult<BlobTable>> ReadAsync(
        SafeFileHandle file, ReadOnlyMemory<byte> boundId, CancellationToken cancellationToken)
    {
        var fileLength = RandomAccess.GetLength(file);
        if (fileLength < BlobFormat.HeaderLength + BlobFormat.TrailerLength)
        {
            return Damaged($"it has {fileLength} bytes, fewer than header and trailer");
        }

        var header = new byte[BlobFormat.HeaderLength];
        var tail = new byte[Math.Min(TailLength, fileLength - BlobFormat.HeaderLength)];
        if (!await BlobReader.ReadExactlyAsync(file, header, 0, cancellationToken)
            || !await BlobReader.ReadExactlyAsync(file, tail, fileLength - tail.Length, cancellationToken))
        {
            return Damaged("it became shorter while it was read");
        }

        if (!BlobFormat.TryReadTrailer(
            tail.AsSpan(tail.Length - BlobFormat.TrailerLength), out var logicalLength, out var frameCount))
        {
            return Damaged("it does not end as a blob file");
        }

        if (frameCount is < 0 or > BlobFormat.MaxFrames || EndLength(frameCount) > fileLength - header.Length)
        {
            return Damaged($"it has no room for its {frameCount} frames");
        }

        var end = tail.AsMemory(Math.Max(0, tail.Length - EndLength(frameCount)));
        if (end.Length < EndLength(frameCount))
        {
            end = new byte[EndLength(frameCount)];
            if (!await BlobReader.ReadExactlyAsync(file, end, fileLength - end.Length, cancellationToken))
            {
                return Damaged("it became shorter while it was read");
            }
        }

        var table = new BlobTable(header, end, logicalLength);
        return table.FaultOf(boundId.Span, fileLength) is { } fault ? Damaged(fault) : table;
    }

    /// <summary>Whether the trailer's tag vouches for the table, the lengths and the bound id.</summary>
    public bool IsAuthentic(BlobCipher cipher, ReadOnlySpan<byte> boundId)
    {
        Span<byte> summary = stackalloc byte[SHA256.HashSizeInBytes];
        BlobFormat.Summarize(boundId, _table.Span, _trailer.Span, summary);
        var tag = _trailer.Span.Slice(BlobFormat.TrailerTag, BlobCipher.TagLength);
        return cipher.TryOpen(BlobCipher.TrailerNumber, default, tag, summary);
    }

    /// <summary>Where a frame begins in the file; one past the last is the table.</summary>
    public long PositionOf(int number)
    {
        var position = (long)BlobFormat.HeaderLength;
        for (var i = 0; i < number && i < FrameCount; i++)
        {
            position += this[i].Length;
        }

        return position;
    }

    /// <summary>Bytes of content in a frame.</summary>
    public int ContentLengthOf(int number) => (int)Math.Min(FrameSize, LogicalLength - ((long)number * FrameSize));

    private static int EndLength(int frameCount) =>
        (frameCount * BlobFormat.TableEntryLength) + BlobFormat.TrailerLength;

    private string? FaultOf(ReadOnlySpan<byte> boundId, long fileLength)
    {
        if (BlobFormat.FaultOfHeader(_header) is { } fault)
        {
            return fault;
        }

        var checksum = BlobFormat.Checksum(_header, boundId, _table.Span, _trailer.Span);
        if (checksum != BlobFormat.ReadChecksum(_trailer.Span))
        {
            return "header, table and trailer do not have their checksum, or belong to another blob";
        }

        var most = (long)FrameCount * FrameSize;
        if (LogicalLength < 0 || LogicalLength > most || LogicalLength <= most - FrameSize)
        {
            return $"{FrameCount} frames of {FrameSize} bytes do not hold {LogicalLength} bytes";
        }

        return FaultOfFrames() ?? (PositionOf(FrameCount) + _table.Length + _trailer.Length == fileLength
            ? null
            : $"its {fileLength} bytes are not those of its frames");
    }

    private string? FaultOfFrames()
    {
        var overhead = IsEncrypted ? BlobCipher.TagLength : 0;
        var max = BlobFormat.MaxStored(FrameSize);
        for (var i = 0; i < FrameCount; i++)
        {
            var length = this[i].Length;
            if (IsCompressed ? length <= overhead || length > max : length != ContentLengthOf(i) + overhead)
            {
                return $"frame {i} cannot have {length} bytes";
            }
        }

        return null;
    }
}
