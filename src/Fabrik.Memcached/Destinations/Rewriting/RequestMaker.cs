using System.Buffers.Text;
using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>
/// Makes requests that no client sent. They are in the text protocol, whatever the client speaks, as only there the
/// rest of a value's life can be asked for. Whoever has one made lets go of it.
/// </summary>
/// <remarks>
/// A key that no line of text can have (binary clients may send one) is written in base64, in meta commands; more than
/// 187 bytes of it are too long for that: see <see cref="CanWrite"/>.
/// </remarks>
internal sealed class RequestMaker(ILoop loop)
{
    /// <summary>Seconds up to which an expiry counts from now on.</summary>
    public const long MaxRelativeExpiry = 60 * 60 * 24 * 30;

    private readonly byte[] _encoded = new byte[ReaderLimits.MaxKeyLength];

    /// <summary>Whether requests for a key can be made.</summary>
    public static bool CanWrite(ReadOnlySpan<byte> key) =>
        key.Length > 0
        && (IsPlain(key) ? key.Length : Base64.GetMaxEncodedToUtf8Length(key.Length)) <= ReaderLimits.MaxKeyLength;

    /// <summary><c>mg</c> with size, value, client's flags, seconds left and unique number, in this order.</summary>
    public Request MetaGet(ReadOnlySpan<byte> key) => MetaGet(key, "s v f t c"u8, "b s v f t c"u8);

    /// <summary>
    /// The same, and before that the value's expiry becomes another one: flags are carried out in their order, and the
    /// seconds left are to be those from now on.
    /// </summary>
    public Request MetaGetAndTouch(ReadOnlySpan<byte> key, long expiry)
    {
        Span<byte> flags = stackalloc byte[64];
        var writer = new MessageWriter(flags);
        writer.Write(IsPlain(key) ? "T"u8 : "b T"u8);
        writer.Write(expiry);
        writer.Write(" s v f t c"u8);
        return MetaGet(key, flags[..writer.Length], flags[..writer.Length]);
    }

    /// <summary><c>mg</c> that asks for no more than the client's flags and the seconds left.</summary>
    public Request MetaTimeLeft(ReadOnlySpan<byte> key) => MetaGet(key, "f t"u8, "b f t"u8);

    /// <summary><c>get</c>; <c>mg</c> for a key in base64.</summary>
    public Request Get(ReadOnlySpan<byte> key)
    {
        if (!IsPlain(key))
        {
            return MetaGet(key);
        }

        var block = loop.Blocks.Rent();
        return RequestFactory.FromText(loop, block, CommandWriter.Retrieval(block.Bytes, Verb.Get, key));
    }

    /// <summary>Stores a value where there is none: <c>add</c>, or <c>ms</c> in its mode E.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="clientFlags">The client's flags.</param>
    /// <param name="expiry">When it expires, as clients say it.</param>
    public Request Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags, long expiry)
    {
        var isPlain = IsPlain(key);
        var item = new ItemHead
        {
            ValueLength = value.Length,
            ClientFlags = clientFlags,
            Expiry = expiry,
            HasEncodedKey = !isPlain,
        };
        var block = loop.Blocks.Rent(CommandWriter.MaxHead + value.Length);
        var length = isPlain
            ? CommandWriter.StorageHead(block.Bytes, Verb.Add, key, item)
            : CommandWriter.MetaSetHead(block.Bytes, Verb.Add, Encode(key), item);
        value.CopyTo(block.Bytes.AsSpan(length));
        length += value.Length;
        length += CommandWriter.LineEnd(block.Bytes.AsSpan(length));
        return RequestFactory.FromText(loop, block, length);
    }

    /// <summary><c>delete</c>; <c>md</c> for a key in base64.</summary>
    public Request Delete(ReadOnlySpan<byte> key)
    {
        var block = loop.Blocks.Rent();
        var length = IsPlain(key)
            ? CommandWriter.Delete(block.Bytes, key)
            : CommandWriter.MetaDelete(block.Bytes, Encode(key), "b"u8);
        return RequestFactory.FromText(loop, block, length);
    }

    /// <summary><c>touch</c>; <c>mg</c> with <c>T</c> for a key in base64.</summary>
    public Request Touch(ReadOnlySpan<byte> key, long expiry)
    {
        if (!IsPlain(key))
        {
            return MetaGetAndTouch(key, expiry);
        }

        Block block = loop.Blocks.Rent();
        return RequestFactory.FromText(loop, block, CommandWriter.Touch(block.Bytes, key, expiry));
    }

    private static bool IsPlain(ReadOnlySpan<byte> key) =>
        !key.ContainsAnyInRange((byte)0, (byte)' ') && !key.Contains((byte)0x7f);

    private Request MetaGet(ReadOnlySpan<byte> key, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> flagsOfEncoded)
    {
        var block = loop.Blocks.Rent();
        var length = IsPlain(key)
            ? CommandWriter.MetaGet(block.Bytes, key, flags)
            : CommandWriter.MetaGet(block.Bytes, Encode(key), flagsOfEncoded);
        return RequestFactory.FromText(loop, block, length);
    }

    private ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> key)
    {
        _ = Base64.EncodeToUtf8(key, _encoded, out _, out var written);
        return _encoded.AsSpan(0, written);
    }
}
