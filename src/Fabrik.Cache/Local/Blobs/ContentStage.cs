using System.Buffers;
using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>
/// A content while it arrives: hashed, its beginning in memory, the rest in a file. How the file is encoded is decided
/// by the beginning. Unless it is finished, disposing of it leaves nothing behind.
/// </summary>
internal sealed class ContentStage(
    BlobFiles files, LocalStoreOptions options, ContentEncoding encoding, long? expectedSize) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _headLimit = Math.Max(options.InlineLimit, Compressibility.HeadLength);
    private byte[] _head = [];
    private int _headLength;
    private StagingFile? _file;
    private bool _isFinished;

    /// <summary>Bytes that have come.</summary>
    public long Size { get; private set; }

    /// <summary>Whether a failure now is the disk's, not the sender's.</summary>
    public bool IsWriting { get; private set; }

    public async ValueTask AddAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var piece in bytes)
        {
            _hash.AppendData(piece.Span);
        }

        Size += bytes.Length;
        if (_file is null)
        {
            var length = Math.Min(bytes.Length, _headLimit - _headLength);
            AddToHead(bytes.Slice(0, length));
            bytes = bytes.Slice(length);
        }

        if (!bytes.IsEmpty)
        {
            IsWriting = true;
            await WriteHeadAsync(cancellationToken);
            await _file!.WriteAsync(bytes, cancellationToken);
            IsWriting = false;
        }
    }

    /// <summary>The digest of what has come; asked once, at the end.</summary>
    public ContentDigest TakeDigest()
    {
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        _hash.GetHashAndReset(digest);
        return new ContentDigest(digest);
    }

    public async ValueTask<StagedContent> FinishAsync(ContentDigest digest, CancellationToken cancellationToken)
    {
        if (Size <= options.InlineLimit)
        {
            return EncodeValue(digest);
        }

        IsWriting = true;
        await WriteHeadAsync(cancellationToken);
        var sync = options.Durability == DurabilityKind.Sync;
        var place = await _file!.FinishAsync(digest, Size, sync, cancellationToken);
        _isFinished = true;
        return new StagedContent(place, null);
    }

    public void Dispose()
    {
        _hash.Dispose();
        ReturnHead();
        if (_file is not null)
        {
            _file.Dispose();
            if (!_isFinished)
            {
                files.Discard(_file.Number);
            }
        }
    }

    private StagedContent EncodeValue(ContentDigest digest)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(InlineCodec.MaxEncodedLength(_headLength));
        try
        {
            var length = InlineCodec.Encode(
                _head.AsSpan(0, _headLength), encoding.ForValue(digest, _headLength), buffer);
            var place = new BlobPlace
            {
                Form = BlobForm.Inline,
                Digest = digest,
                Size = _headLength,
                StoredSize = length,
                KeyTag = encoding.KeyTag,
                Number = BlobFiles.NewNumber(),
            };
            return new StagedContent(place, buffer.AsSpan(0, length).ToArray());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask WriteHeadAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            var how = encoding.ForFile(_head.AsSpan(0, _headLength), expectedSize);
            _file = new StagingFile(files, how, encoding.KeyTag);
            await _file.WriteAsync(new ReadOnlySequence<byte>(_head, 0, _headLength), cancellationToken);
            ReturnHead();
        }
    }

    private void AddToHead(ReadOnlySequence<byte> bytes)
    {
        var length = _headLength + (int)bytes.Length;
        if (_head.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _head.Length * 2));
            _head.AsSpan(0, _headLength).CopyTo(larger);
            ReturnHead();
            _head = larger;
        }

        bytes.CopyTo(_head.AsSpan(_headLength));
        _headLength = length;
    }

    private void ReturnHead()
    {
        if (_head.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_head);
            _head = [];
        }
    }
}
