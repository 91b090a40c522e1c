using System.Buffers;
using System.Security.Cryptography;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel.Chunking;

/// <summary>Chunks that lie in memory one behind the other, until whoever gets them returns.</summary>
/// <param name="Digests">Their digests.</param>
/// <param name="Content">Their bytes.</param>
internal readonly record struct CutChunks(IReadOnlyList<BlobDigest> Digests, ReadOnlyMemory<byte> Content);

/// <summary>
/// Cuts what is written to it, and hands the chunks on in groups: one question and some writes side by side for each,
/// rather than for each chunk. It holds one buffer, however large the blob is.
/// </summary>
/// <param name="store">Gets each group, in the order of the blob.</param>
internal sealed class ChunkCutter(Func<CutChunks, CancellationToken, ValueTask> store) : BodyWriter
{
    /// <summary>Bytes of the buffer: chunks of the greatest length, and the start of one more.</summary>
    public const int BufferSize = 4 * ChunkLimit.MaxChunk;

    private readonly FastCdc2020 _chunker = new();
    private readonly IncrementalHash _whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<int> _lengths = [];
    private byte[]? _buffer;
    private int _count;

    /// <summary>The SHA-256 of all that was written, once it is finished.</summary>
    public string Hash { get; private set; } = "";

    /// <inheritdoc/>
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Take(bytes.Span)..];
            if (_count == BufferSize)
            {
                await StoreAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _whole.Dispose();
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_chunker.Finish() is > 0 and var last)
        {
            _lengths.Add(last);
        }

        await StoreAsync(cancellationToken);
        Hash = Convert.ToHexStringLower(_whole.GetHashAndReset());
    }

    /// <summary>Takes as many bytes as there is room for.</summary>
    private int Take(ReadOnlySpan<byte> bytes)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        bytes = bytes[..Math.Min(bytes.Length, BufferSize - _count)];
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
        _whole.AppendData(bytes);

        // Lengths follow each other without a gap, so that they alone say where in the buffer a chunk is.
        var rest = bytes;
        while (_chunker.TryCut(ref rest, out var length))
        {
            _lengths.Add(length);
        }

        return bytes.Length;
    }

    /// <summary>Hands on the chunks that have been cut, and keeps the bytes of the next one.</summary>
    private async ValueTask StoreAsync(CancellationToken cancellationToken)
    {
        if (_lengths.Count == 0)
        {
            return;
        }

        var (digests, end) = (new BlobDigest[_lengths.Count], 0);
        for (var i = 0; i < digests.Length; i++)
        {
            digests[i] = BlobDigest.Of(_buffer.AsSpan(end, _lengths[i]));
            end += _lengths[i];
        }

        await store(new CutChunks(digests, _buffer.AsMemory(0, end)), cancellationToken);
        _buffer.AsSpan(end, _count - end).CopyTo(_buffer);
        _count -= end;
        _lengths.Clear();
    }
}
