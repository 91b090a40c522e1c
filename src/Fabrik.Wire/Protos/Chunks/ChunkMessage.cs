using System.Buffers;
using Google.Protobuf;

namespace Fabrik.Wire.Protos.Chunks;

/// <summary>
/// One message of a stream of chunks, without an object for each: what describes the artifact, if it is the first one,
/// and bytes. Whoever has it gives it back by disposing of it, once; its bytes are not to be touched after that.
/// </summary>
/// <typeparam name="THeader">The generated message, which holds all fields but the chunk.</typeparam>
public sealed class ChunkMessage<THeader> : IDisposable
    where THeader : class, IMessage<THeader>, new()
{
    private readonly ChunkCodec<THeader> _codec;
    private byte[]? _rented;
    private bool _isLent;

    internal ChunkMessage(ChunkCodec<THeader> codec) => _codec = codec;

    /// <summary>All fields but the chunk, or <see langword="null"/> where none is set.</summary>
    public THeader? Header { get; set; }

    /// <summary>
    /// The bytes. Those that are sent stay the sender's, and must not change until the message is written.
    /// </summary>
    public ReadOnlySequence<byte> Chunk { get; set; }

    /// <summary>Gives the message and the memory of received bytes back.</summary>
    public void Dispose()
    {
        if (!_isLent)
        {
            return;
        }

        _isLent = false;
        Header = null;
        Chunk = default;
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }

        _codec.TakeBack(this);
    }

    internal ChunkMessage<THeader> Lend()
    {
        _isLent = true;
        return this;
    }

    /// <summary>Copies bytes into memory of the message's own.</summary>
    internal void Keep(in ReadOnlySequence<byte> bytes)
    {
        var length = checked((int)bytes.Length);
        if (length == 0)
        {
            return;
        }

        _rented = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(_rented);
        Chunk = new ReadOnlySequence<byte>(_rented, 0, length);
    }
}
