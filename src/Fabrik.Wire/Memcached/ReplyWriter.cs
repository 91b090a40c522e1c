namespace Fabrik.Wire.Memcached;

/// <summary>
/// Writes answers to a client in its own protocol: for destinations that are no memcached servers, and for what a
/// proxy answers itself. Each method returns the bytes that it wrote, and takes the bytes of the command with it, of
/// which the answer repeats what the client asked for. Destinations have to be large enough: <see cref="MaxHead"/>
/// bytes, and for errors their text.
/// </summary>
public static class ReplyWriter
{
    /// <summary>More than any answer takes, its value and the text of an error not counted.</summary>
    public const int MaxHead = 512;

    /// <summary>Whether a hit is sent with its value: not if <c>mg</c> did not ask for it.</summary>
    public static bool ReturnsValue(ReadOnlySpan<byte> message, in Command command) =>
        command.Verb != Verb.Touch
        && (command.Verb is not (Verb.MetaGet or Verb.MetaArithmetic) || Has(message, in command, (byte)'v'));

    /// <summary>
    /// Writes what stands before a value. The value follows, and <see cref="HitEnd"/>, where
    /// <see cref="ReturnsValue"/> says so.
    /// </summary>
    public static int Hit(Span<byte> destination, ReadOnlySpan<byte> message, in Command command, in HitHead hit)
    {
        if (command.Protocol == MemcachedProtocol.Binary)
        {
            return BinaryReplyWriter.Hit(destination, message, in command, in hit);
        }

        if (command.Verb == Verb.MetaGet)
        {
            return MetaReplyWriter.Hit(destination, message, in command, in hit);
        }

        var line = new SpanWriter(destination);
        line.Add("VALUE "u8);
        line.Add(message.Slice(command.KeyOffset, command.KeyLength));
        line.Add(" "u8);
        line.Add(hit.ClientFlags);
        line.Add(" "u8);
        line.Add((ulong)hit.ValueLength);
        if (command.Verb is Verb.Gets or Verb.Gats)
        {
            line.Add(" "u8);
            line.Add(hit.Unique);
        }

        line.Add("\r\n"u8);
        return line.Length;
    }

    /// <summary>Writes what stands behind a value.</summary>
    public static int HitEnd(Span<byte> destination, in Command command) =>
        command.Protocol == MemcachedProtocol.Binary ? 0 : CommandWriter.LineEnd(destination);

    /// <summary>Writes the <c>END</c> behind the values of a text retrieval, and of statistics.</summary>
    public static int End(Span<byte> destination)
    {
        "END\r\n"u8.CopyTo(destination);
        return 5;
    }

    /// <summary>
    /// Writes an answer without a value: <see cref="ReplyKind.Miss"/>, <see cref="ReplyKind.Done"/>,
    /// <see cref="ReplyKind.NotStored"/> or <see cref="ReplyKind.Exists"/>. A miss of a text retrieval is nothing.
    /// </summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="message">The command.</param>
    /// <param name="command">What it is.</param>
    /// <param name="kind">What to answer.</param>
    /// <param name="unique">The number of what was stored; 0 if it has none.</param>
    public static int Outcome(
        Span<byte> destination, ReadOnlySpan<byte> message, in Command command, ReplyKind kind, ulong unique = 0)
    {
        if (command.Protocol == MemcachedProtocol.Binary)
        {
            return BinaryReplyWriter.Outcome(destination, message, in command, kind, unique);
        }

        if (command.Verb is Verb.MetaGet or Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic)
        {
            return MetaReplyWriter.Outcome(destination, message, in command, kind, unique);
        }

        var text = OutcomeLine(command.Verb, kind);
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>Writes what counting led to.</summary>
    public static int Number(
        Span<byte> destination, ReadOnlySpan<byte> message, in Command command, ulong number, ulong unique = 0)
    {
        if (command.Protocol == MemcachedProtocol.Binary)
        {
            return BinaryReplyWriter.Number(destination, in command, number, unique);
        }

        if (command.Verb == Verb.MetaArithmetic)
        {
            return MetaReplyWriter.Number(destination, message, in command, number, unique);
        }

        var line = new SpanWriter(destination);
        line.Add(number);
        line.Add("\r\n"u8);
        return line.Length;
    }

    /// <summary>Writes that the value to count with is no number.</summary>
    public static int NotNumeric(Span<byte> destination, in Command command) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Error(
                destination,
                in command,
                BinaryStatus.NotNumeric,
                "Non-numeric server-side value for incr or decr"u8)
            : ErrorLine(
                destination, "CLIENT_ERROR "u8, "cannot increment or decrement non-numeric value"u8);

    /// <summary>Writes that the command could not be done.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="text">Why; what is no printable character of it becomes a space.</param>
    public static int ServerError(Span<byte> destination, in Command command, ReadOnlySpan<byte> text) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Error(destination, in command, BinaryStatus.InternalError, text)
            : ErrorLine(destination, "SERVER_ERROR "u8, text);

    /// <summary>Writes that the value is larger than what the destination takes.</summary>
    public static int TooLarge(Span<byte> destination, in Command command) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Error(destination, in command, BinaryStatus.TooLarge, "Too large."u8)
            : ErrorLine(destination, "SERVER_ERROR "u8, "object too large for cache"u8);

    /// <summary>Writes that the command is not allowed, or not understood here.</summary>
    public static int ClientError(Span<byte> destination, in Command command, ReadOnlySpan<byte> text) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Error(destination, in command, BinaryStatus.InvalidArguments, text)
            : ErrorLine(destination, "CLIENT_ERROR "u8, text);

    /// <summary>Writes that the client has not said who it is, or may not do this.</summary>
    public static int Unauthenticated(Span<byte> destination, in Command command) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Error(destination, in command, BinaryStatus.AuthenticationError, "Auth failure."u8)
            : ErrorLine(destination, "CLIENT_ERROR "u8, "unauthenticated"u8);

    /// <summary>Writes a version.</summary>
    public static int Version(Span<byte> destination, in Command command, ReadOnlySpan<byte> version) =>
        command.Protocol == MemcachedProtocol.Binary
            ? BinaryReplyWriter.Text(destination, in command, version)
            : ErrorLine(destination, "VERSION "u8, version);

    /// <summary>Writes one statistic; in the binary protocol one of no name ends them.</summary>
    public static int Statistic(
        Span<byte> destination, in Command command, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (command.Protocol == MemcachedProtocol.Binary)
        {
            return BinaryReplyWriter.Statistic(destination, in command, name, value);
        }

        if (name.IsEmpty)
        {
            return End(destination);
        }

        var line = new SpanWriter(destination);
        line.Add("STAT "u8);
        line.Add(name);
        line.Add(" "u8);
        line.Add(value);
        line.Add("\r\n"u8);
        return line.Length;
    }

    internal static bool Has(ReadOnlySpan<byte> message, in Command command, byte flag)
    {
        var flags = new MetaFlags(message, in command);
        while (flags.MoveNext())
        {
            if (flags.Flag == flag)
            {
                return true;
            }
        }

        return false;
    }

    private static int ErrorLine(Span<byte> destination, ReadOnlySpan<byte> start, ReadOnlySpan<byte> text)
    {
        var line = new SpanWriter(destination);
        line.Add(start);
        foreach (byte character in text)
        {
            line.Add(character is < (byte)' ' or 0x7f ? (byte)' ' : character);
        }

        line.Add("\r\n"u8);
        return line.Length;
    }

    private static ReadOnlySpan<byte> OutcomeLine(Verb verb, ReplyKind kind) => kind switch
    {
        ReplyKind.Done => DoneLine(verb),
        ReplyKind.Miss => MissLine(verb),
        ReplyKind.NotStored => "NOT_STORED\r\n"u8,
        ReplyKind.Exists => "EXISTS\r\n"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No outcome without a text."),
    };

    private static ReadOnlySpan<byte> DoneLine(Verb verb) => verb switch
    {
        Verb.Set or Verb.Add or Verb.Replace or Verb.Append or Verb.Prepend or Verb.Cas => "STORED\r\n"u8,
        Verb.Delete => "DELETED\r\n"u8,
        Verb.Touch => "TOUCHED\r\n"u8,
        Verb.Noop => "MN\r\n"u8,
        _ => "OK\r\n"u8,
    };

    private static ReadOnlySpan<byte> MissLine(Verb verb) => verb switch
    {
        Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats => default,
        Verb.MetaDebug => "EN\r\n"u8,
        Verb.Replace or Verb.Append or Verb.Prepend => "NOT_STORED\r\n"u8,
        _ => "NOT_FOUND\r\n"u8,
    };
}
