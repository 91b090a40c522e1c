namespace Fabrik.Wire.Memcached;

/// <summary>
/// Writes answers to meta commands: after the status each flag that has an answer, in the order of the command.
/// </summary>
internal static class MetaReplyWriter
{
    public static int Hit(Span<byte> destination, ReadOnlySpan<byte> message, in Command command, in HitHead hit)
    {
        var line = new SpanWriter(destination);
        if (ReplyWriter.ReturnsValue(message, in command))
        {
            line.Add("VA "u8);
            line.Add((ulong)hit.ValueLength);
        }
        else
        {
            line.Add("HD"u8);
        }

        var flags = new MetaFlags(message, in command);
        while (flags.MoveNext())
        {
            if (!AddKnown(ref line, flags.Flag, in hit))
            {
                AddRepeated(ref line, message, in command, flags);
            }
        }

        line.Add("\r\n"u8);
        return line.Length;
    }

    public static int Outcome(
        Span<byte> destination, ReadOnlySpan<byte> message, in Command command, ReplyKind kind, ulong unique)
    {
        var line = new SpanWriter(destination);
        line.Add(Status(command.Verb, kind));
        AddFlags(ref line, message, in command, kind == ReplyKind.Done ? unique : 0);
        line.Add("\r\n"u8);
        return line.Length;
    }

    public static int Number(
        Span<byte> destination, ReadOnlySpan<byte> message, in Command command, ulong number, ulong unique)
    {
        Span<byte> digits = stackalloc byte[Digits.MaxLength];
        var value = new SpanWriter(digits);
        value.Add(number);
        bool hasValue = ReplyWriter.ReturnsValue(message, in command);
        var line = new SpanWriter(destination);
        line.Add(hasValue ? "VA "u8 : "HD"u8);
        if (hasValue)
        {
            line.Add((ulong)value.Length);
        }

        AddFlags(ref line, message, in command, unique);
        line.Add("\r\n"u8);
        if (hasValue)
        {
            line.Add(digits[..value.Length]);
            line.Add("\r\n"u8);
        }

        return line.Length;
    }

    private static void AddFlags(
        ref SpanWriter line, ReadOnlySpan<byte> message, in Command command, ulong unique)
    {
        var flags = new MetaFlags(message, in command);
        while (flags.MoveNext())
        {
            if (flags.Flag == (byte)'c' && unique != 0)
            {
                line.Add(" c"u8);
                line.Add(unique);
            }
            else if (flags.Flag == (byte)'s' && command.Verb == Verb.MetaSet)
            {
                line.Add(" s"u8);
                line.Add((ulong)command.ValueLength);
            }
            else
            {
                AddRepeated(ref line, message, in command, flags);
            }
        }
    }

    private static bool AddKnown(ref SpanWriter line, byte flag, in HitHead hit)
    {
        switch (flag)
        {
            case (byte)'s':
                line.Add(" s"u8);
                line.Add((ulong)hit.ValueLength);
                return true;
            case (byte)'f':
                line.Add(" f"u8);
                line.Add(hit.ClientFlags);
                return true;
            case (byte)'c':
                line.Add(" c"u8);
                line.Add(hit.Unique);
                return true;
            case (byte)'t':
                line.Add(" t"u8);
                line.Add(hit.RemainingTtl);
                return true;
            case (byte)'l':
                line.Add(" l"u8);
                line.Add(hit.IdleSeconds);
                return true;
            case (byte)'h':
                line.Add(hit.WasFetched ? " h1"u8 : " h0"u8);
                return true;
            default:
                return false;
        }
    }

    private static void AddRepeated(
        ref SpanWriter line, ReadOnlySpan<byte> message, in Command command, scoped MetaFlags flags)
    {
        if (flags.Flag == (byte)'O')
        {
            line.Add(" O"u8);
            line.Add(flags.Value);
        }
        else if (flags.Flag == (byte)'k')
        {
            line.Add(" k"u8);
            line.Add(message.Slice(command.KeyOffset, command.KeyLength));
            line.Add(command.HasEncodedKey ? " b"u8 : default);
        }
    }

    private static ReadOnlySpan<byte> Status(Verb verb, ReplyKind kind) => kind switch
    {
        ReplyKind.Done => "HD"u8,
        ReplyKind.Miss => verb == Verb.MetaGet ? "EN"u8 : "NF"u8,
        ReplyKind.NotStored => "NS"u8,
        ReplyKind.Exists => "EX"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No outcome without a text."),
    };
}
