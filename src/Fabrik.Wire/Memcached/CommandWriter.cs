using System.Buffers.Text;

namespace Fabrik.Wire.Memcached;

/// <summary>
/// Writes what a proxy itself asks of servers, in the text protocol. Each method returns the bytes that it wrote;
/// destinations have to be large enough: <see cref="MaxHead"/> bytes for all but lines of many keys. Keys have to be
/// plain (<see cref="MetaKey.IsPlain"/>).
/// </summary>
public static class CommandWriter
{
    /// <summary>More than the line of any command for one key takes.</summary>
    public const int MaxHead = 512;

    /// <summary>Begins the line of a retrieval, which <see cref="Key"/> and <see cref="LineEnd"/> go on with.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="verb">One of <see cref="Verb.Get"/> to <see cref="Verb.Gats"/>.</param>
    /// <param name="expiry">The expiry of <see cref="Verb.Gat"/> and <see cref="Verb.Gats"/>.</param>
    public static int RetrievalStart(Span<byte> destination, Verb verb, long expiry = 0)
    {
        var line = new SpanWriter(destination);
        line.Add(verb switch
        {
            Verb.Get => "get"u8,
            Verb.Gets => "gets"u8,
            Verb.Gat => "gat "u8,
            Verb.Gats => "gats "u8,
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "A retrieval is expected."),
        });
        if (verb is Verb.Gat or Verb.Gats)
        {
            line.Add(expiry);
        }

        return line.Length;
    }

    /// <summary>Writes a space and a key.</summary>
    public static int Key(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        destination[0] = (byte)' ';
        key.CopyTo(destination[1..]);
        return key.Length + 1;
    }

    /// <summary>Ends a line or a value.</summary>
    public static int LineEnd(Span<byte> destination)
    {
        "\r\n"u8.CopyTo(destination);
        return 2;
    }

    /// <summary>Writes the retrieval of one key.</summary>
    public static int Retrieval(Span<byte> destination, Verb verb, ReadOnlySpan<byte> key, long expiry = 0)
    {
        int length = RetrievalStart(destination, verb, expiry);
        length += Key(destination[length..], key);
        return length + LineEnd(destination[length..]);
    }

    /// <summary>Writes <c>mg</c>.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="key">The key, base64 if <paramref name="flags"/> has <c>b</c>.</param>
    /// <param name="flags">What stands behind the key: <c>s v f t c</c>, for instance.</param>
    public static int MetaGet(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flags) =>
        Line(destination, "mg "u8, key, flags);

    /// <summary>Writes <c>md</c>.</summary>
    public static int MetaDelete(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> flags) =>
        Line(destination, "md "u8, key, flags);

    /// <summary>Writes <c>delete</c>.</summary>
    public static int Delete(Span<byte> destination, ReadOnlySpan<byte> key) =>
        Line(destination, "delete "u8, key, default);

    /// <summary>Writes <c>touch</c>.</summary>
    public static int Touch(Span<byte> destination, ReadOnlySpan<byte> key, long expiry)
    {
        Span<byte> number = stackalloc byte[Digits.MaxLength];
        Utf8Formatter.TryFormat(expiry, number, out int length);
        return Line(destination, "touch "u8, key, number[..length]);
    }

    /// <summary>Writes <c>version</c>.</summary>
    public static int Version(Span<byte> destination) => Line(destination, "version"u8, default, default);

    /// <summary>Writes <c>mn</c>.</summary>
    public static int Noop(Span<byte> destination) => Line(destination, "mn"u8, default, default);

    /// <summary>
    /// Writes the line of <see cref="Verb.Set"/>, <see cref="Verb.Add"/> or <see cref="Verb.Replace"/>; the value and a
    /// <see cref="LineEnd"/> follow.
    /// </summary>
    public static int StorageHead(Span<byte> destination, Verb verb, ReadOnlySpan<byte> key, in ItemHead item)
    {
        var line = new SpanWriter(destination);
        line.Add(verb switch
        {
            Verb.Set => "set "u8,
            Verb.Add => "add "u8,
            Verb.Replace => "replace "u8,
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "A storage command is expected."),
        });
        line.Add(key);
        line.Add(" "u8);
        line.Add(item.ClientFlags);
        line.Add(" "u8);
        line.Add(item.Expiry);
        line.Add(" "u8);
        line.Add((ulong)item.ValueLength);
        line.Add("\r\n"u8);
        return line.Length;
    }

    /// <summary>
    /// Writes the line of <c>ms</c> in the mode of <paramref name="verb"/>; the value and a <see cref="LineEnd"/>
    /// follow.
    /// </summary>
    public static int MetaSetHead(Span<byte> destination, Verb verb, ReadOnlySpan<byte> key, in ItemHead item)
    {
        var line = new SpanWriter(destination);
        line.Add("ms "u8);
        line.Add(key);
        line.Add(" "u8);
        line.Add((ulong)item.ValueLength);
        line.Add(item.HasEncodedKey ? " b T"u8 : " T"u8);
        line.Add(item.Expiry);
        line.Add(" F"u8);
        line.Add(item.ClientFlags);
        if (item.Unique != 0)
        {
            line.Add(" C"u8);
            line.Add(item.Unique);
        }

        line.Add(verb switch
        {
            Verb.Set => ""u8,
            Verb.Add => " ME"u8,
            Verb.Replace => " MR"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "A storage command is expected."),
        });
        line.Add("\r\n"u8);
        return line.Length;
    }

    private static int Line(
        Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> rest)
    {
        var line = new SpanWriter(destination);
        line.Add(name);
        line.Add(key);
        if (!rest.IsEmpty)
        {
            line.Add(" "u8);
            line.Add(rest);
        }

        line.Add("\r\n"u8);
        return line.Length;
    }
}
