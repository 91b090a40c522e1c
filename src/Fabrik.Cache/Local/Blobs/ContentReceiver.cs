using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>Receives a body: hashes it, checks what was announced, and stages it in memory or in a file.</summary>
internal sealed class ContentReceiver(BlobFiles files, LocalStoreOptions options)
{
    /// <summary>Receives a body to its end. A failure leaves nothing behind.</summary>
    public async ValueTask<CacheResult<StagedContent>> ReceiveAsync(
        PipeReader body, PutOptions put, CancellationToken cancellationToken)
    {
        if (put.ExpectedSize > put.MaxSize)
        {
            return TooLarge(put);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var receipt = new Receipt(hash);
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(cancellationToken);
                if (read.IsCanceled)
                {
                    return Fail(receipt, CacheErrorKind.Incomplete, "the upload was broken off");
                }

                if (receipt.Size + read.Buffer.Length > put.MaxSize)
                {
                    receipt.Discard(files);
                    return TooLarge(put);
                }

                await receipt.AddAsync(read.Buffer, this, cancellationToken);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return Finish(receipt, put);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            receipt.Discard(files);
            throw;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException
            or OperationCanceledException)
        {
            receipt.Discard(files);
            return receipt.IsWriting
                ? StoreFaults.ToError(error)
                : new CacheError(CacheErrorKind.Incomplete, CacheErrorSource.Client, "the upload ended early", error);
        }
    }

    private static CacheError TooLarge(PutOptions put) =>
        CacheError.Client(CacheErrorKind.TooLarge, $"the artifact is larger than the limit of {put.MaxSize} bytes");

    private CacheError Fail(Receipt receipt, CacheErrorKind kind, string message)
    {
        receipt.Discard(files);
        return CacheError.Client(kind, message);
    }

    private CacheResult<StagedContent> Finish(Receipt receipt, PutOptions put)
    {
        if (put.ExpectedSize is { } expected && expected != receipt.Size)
        {
            return Fail(receipt, CacheErrorKind.Incomplete, $"{expected} bytes were announced, {receipt.Size} came");
        }

        var digest = receipt.Digest();
        if (put.ExpectedDigest is { } announced && announced != digest)
        {
            return Fail(receipt, CacheErrorKind.DigestMismatch, $"the bytes have the digest {digest}, not {announced}");
        }

        return receipt.Finish(digest, options.Durability == DurabilityKind.Sync);
    }

    /// <summary>What has come so far: in memory up to the limit, then in a file.</summary>
    private sealed class Receipt(IncrementalHash hash)
    {
        private byte[] _buffer = [];
        private FileStream? _file;
        private ulong _number;
        private uint _checksum;

        public long Size { get; private set; }

        /// <summary>Whether a failure now is the disk's, not the sender's.</summary>
        public bool IsWriting { get; private set; }

        public async ValueTask AddAsync(
            ReadOnlySequence<byte> bytes, ContentReceiver receiver, CancellationToken cancellationToken)
        {
            foreach (var piece in bytes)
            {
                hash.AppendData(piece.Span);
                if (_file is null && Size + piece.Length <= receiver.InlineLimit)
                {
                    Grow((int)Size + piece.Length);
                    piece.Span.CopyTo(_buffer.AsSpan((int)Size));
                }
                else
                {
                    await WriteAsync(piece, receiver, cancellationToken);
                }

                Size += piece.Length;
            }
        }

        public ContentDigest Digest()
        {
            Span<byte> digest = stackalloc byte[ContentDigest.Length];
            hash.GetHashAndReset(digest);
            return new ContentDigest(digest);
        }

        public StagedContent Finish(ContentDigest digest, bool sync)
        {
            if (_file is null)
            {
                var value = _buffer.AsSpan(0, (int)Size).ToArray();
                ReturnBuffer();
                return new StagedContent(new BlobPlace(digest, Size, Size, Crc32C.Compute(value), File: 0), value);
            }

            IsWriting = true;
            if (sync)
            {
                _file.Flush(flushToDisk: true);
            }

            _file.Dispose();
            return new StagedContent(new BlobPlace(digest, Size, Size, _checksum, _number), null);
        }

        public void Discard(BlobFiles files)
        {
            ReturnBuffer();
            if (_file is not null)
            {
                _file.Dispose();
                files.Discard(_number);
            }
        }

        private async ValueTask WriteAsync(
            ReadOnlyMemory<byte> piece, ContentReceiver receiver, CancellationToken cancellationToken)
        {
            IsWriting = true;
            if (_file is null)
            {
                _number = BlobFiles.NewNumber();
                _file = receiver.Files.Create(_number);
                var first = _buffer.AsMemory(0, (int)Size);
                _checksum = Crc32C.Append(0, first.Span);
                await _file.WriteAsync(first, cancellationToken);
                ReturnBuffer();
            }

            _checksum = Crc32C.Append(_checksum, piece.Span);
            await _file.WriteAsync(piece, cancellationToken);
            IsWriting = false;
        }

        private void Grow(int size)
        {
            if (_buffer.Length < size)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, _buffer.Length * 2));
                _buffer.AsSpan(0, (int)Size).CopyTo(larger);
                ReturnBuffer();
                _buffer = larger;
            }
        }

        private void ReturnBuffer()
        {
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = [];
            }
        }
    }

    private BlobFiles Files => files;

    private int InlineLimit => options.InlineLimit;
}
