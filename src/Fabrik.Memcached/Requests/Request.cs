using Fabrik.Memcached.Buffers;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Requests;

/// <summary>
/// A command for one key on its way to servers. It is held by whoever still needs its bytes, and used again after the
/// last one let go. A retrieval of several keys is one request for each of them.
/// </summary>
/// <remarks>
/// For <see cref="Verb.Get"/> to <see cref="Verb.Gats"/> of the text protocol only the key (and the expiry) counts:
/// whoever sends it writes a line of its own. All else is sent as it stands in <see cref="Message"/>, without what
/// makes it quiet.
/// </remarks>
internal sealed class Request(RequestPool pool)
{
    private Command _command;
    private Block? _block;
    private int _offset;
    private int _keyOffset;
    private int _holders;
    private byte[]? _decodedKey;
    private int _decodedLength;

    /// <summary>The command: what it is. Its offsets count from the start of <see cref="Message"/>.</summary>
    public ref readonly Command Command => ref _command;

    /// <summary>What it does.</summary>
    public Verb Verb => _command.Verb;

    /// <summary>The bytes of all of it.</summary>
    public ReadOnlySpan<byte> Message => _block!.Bytes.AsSpan(_offset, _command.Length);

    /// <summary>The key as it was sent.</summary>
    public ReadOnlySpan<byte> Key => _block!.Bytes.AsSpan(_keyOffset, _command.KeyLength);

    /// <summary>Where the key begins in <see cref="Message"/>.</summary>
    public int KeyOffset => _keyOffset - _offset;

    /// <summary>The key by which servers are chosen: decoded where it was sent in base64.</summary>
    public ReadOnlySpan<byte> RoutingKey =>
        _decodedLength == 0 ? Key : _decodedKey.AsSpan(0, _decodedLength);

    /// <summary>The value of a command that has one.</summary>
    public ReadOnlySpan<byte> Value =>
        _command.ValueLength < 0 ? default : Message.Slice(_command.HeadLength, _command.ValueLength);

    /// <summary>The block that its bytes are in.</summary>
    public Block Block => _block!;

    /// <summary>Where its first byte is in <see cref="Block"/>.</summary>
    public int Offset => _offset;

    /// <summary>Fills it; its maker holds it then, and it holds the block.</summary>
    /// <param name="block">Where its bytes are.</param>
    /// <param name="offset">Where its first byte is.</param>
    /// <param name="command">What it is.</param>
    /// <param name="keyOffset">Where its key is in the block.</param>
    public void Fill(Block block, int offset, in Command command, int keyOffset) =>
        Fill(block, offset, in command, keyOffset, command.KeyLength);

    /// <summary>Fills it with one of the keys of a retrieval.</summary>
    /// <param name="block">Where the bytes of the retrieval are.</param>
    /// <param name="offset">Where its first byte is.</param>
    /// <param name="command">What it is.</param>
    /// <param name="keyOffset">Where the key is in the block.</param>
    /// <param name="keyLength">Bytes of the key.</param>
    public void Fill(Block block, int offset, in Command command, int keyOffset, int keyLength)
    {
        _block = block.Retain();
        _offset = offset;
        _keyOffset = keyOffset;
        _holders = 1;
        _command = command;
        _command.KeyLength = keyLength;
    }

    /// <summary>Decodes the key that servers are chosen by, where it was sent in base64.</summary>
    public void DecodeKey() =>
        _decodedLength = MetaKey.Decode(Key, _decodedKey ??= new byte[ReaderLimits.MaxKeyLength]);

    /// <summary>Holds it, until <see cref="Release"/>.</summary>
    public Request Retain()
    {
        _holders++;
        return this;
    }

    /// <summary>Lets go of it.</summary>
    public void Release()
    {
        if (--_holders > 0)
        {
            return;
        }

        _block!.Release();
        _block = null;
        _decodedLength = 0;
        pool.Return(this);
    }
}
