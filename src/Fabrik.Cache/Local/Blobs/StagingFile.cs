using System.Buffers;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Index;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A temporary file that takes one content, as it is or encoded. Disposing of it leaves the file.</summary>
internal sealed class StagingFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly BlobWriter? _encoder;
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly uint _keyTag;
    private uint _checksum;
    private long _position;

    /// <summary>Makes the file.</summary>
    /// <param name="files">Where.</param>
    /// <param name="encoding">How it is encoded; <see langword="null"/> to write it as it is.</param>
    /// <param name="keyTag">Of the key in <paramref name="encoding"/>.</param>
    public StagingFile(BlobFiles files, BlobEncodingOptions? encoding, uint keyTag)
    {
        _file = files.Create(Number);
        _encoder = encoding is null ? null : new BlobWriter(_file, encoding);
        _keyTag = encoding is null ? 0 : keyTag;
    }

    /// <summary>The number it is named by.</summary>
    public ulong Number { get; } = BlobFiles.NewNumber();

    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        if (_encoder is not null)
        {
            await _encoder.WriteAsync(bytes, cancellationToken);
            return;
        }

        // One call for all pieces: a network gives them in pages of four kilobytes.
        _pieces.Clear();
        foreach (var piece in bytes)
        {
            _checksum = Crc32C.Append(_checksum, piece.Span);
            _pieces.Add(piece);
        }

        await RandomAccess.WriteAsync(_file, _pieces, _position, cancellationToken);
        _position += bytes.Length;
    }

    /// <summary>Ends the file, and brings it to the disk if that is asked for.</summary>
    public async ValueTask<BlobPlace> FinishAsync(
        ContentDigest digest, long size, bool sync, CancellationToken cancellationToken)
    {
        if (_encoder is not null)
        {
            var layout = await _encoder.CompleteAsync(digest.Bytes.ToArray(), cancellationToken);
            _position = layout.StoredLength;
        }

        if (sync)
        {
            RandomAccess.FlushToDisk(_file);
        }

        return new BlobPlace
        {
            Form = _encoder is null ? BlobForm.Plain : BlobForm.Encoded,
            Digest = digest,
            Size = size,
            StoredSize = _position,
            Checksum = _checksum,
            KeyTag = _keyTag,
            Number = Number,
        };
    }

    public void Dispose()
    {
        _encoder?.Dispose();
        _file.Dispose();
    }
}
