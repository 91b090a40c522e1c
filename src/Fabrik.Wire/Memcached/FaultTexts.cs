namespace Fabrik.Wire.Memcached;

/// <summary>The words by which memcached tells each fault, from 1.6.18 on.</summary>
internal static class FaultTexts
{
    /// <summary>The line of the text protocol.</summary>
    public static ReadOnlySpan<byte> Line(FaultKind kind) => kind switch
    {
        FaultKind.UnknownCommand => "ERROR\r\n"u8,
        FaultKind.BadFormat => "CLIENT_ERROR bad command line format\r\n"u8,
        FaultKind.BadDelete => "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n"u8,
        FaultKind.BadDataChunk => "CLIENT_ERROR bad data chunk\r\n"u8,
        FaultKind.TooLarge => "SERVER_ERROR object too large for cache\r\n"u8,
        FaultKind.BadExpiry => "CLIENT_ERROR invalid exptime argument\r\n"u8,
        FaultKind.BadDelta => "CLIENT_ERROR invalid numeric delta argument\r\n"u8,
        FaultKind.LineTooLong => "CLIENT_ERROR line too long\r\n"u8,
        FaultKind.NoKeys => "END\r\n"u8,
        _ => MetaLine(kind),
    };

    /// <summary>The text of a binary answer.</summary>
    public static ReadOnlySpan<byte> Packet(FaultKind kind) => kind switch
    {
        FaultKind.UnknownCommand or FaultKind.BadLengths => "Unknown command"u8,
        FaultKind.TooLarge => "Too large."u8,
        _ => "Invalid arguments"u8,
    };

    /// <summary>The status of a binary answer.</summary>
    public static BinaryStatus Status(FaultKind kind) => kind switch
    {
        FaultKind.UnknownCommand or FaultKind.BadLengths => BinaryStatus.UnknownCommand,
        FaultKind.TooLarge => BinaryStatus.TooLarge,
        _ => BinaryStatus.InvalidArguments,
    };

    private static ReadOnlySpan<byte> MetaLine(FaultKind kind) => kind switch
    {
        FaultKind.DuplicateFlag => "CLIENT_ERROR duplicate flag\r\n"u8,
        FaultKind.InvalidFlag => "CLIENT_ERROR invalid flag\r\n"u8,
        FaultKind.InvalidOrDuplicateFlag => "CLIENT_ERROR invalid or duplicate flag\r\n"u8,
        FaultKind.BadEncodedKey => "CLIENT_ERROR error decoding key\r\n"u8,
        FaultKind.BadFlagNumber => "CLIENT_ERROR bad token in command line format\r\n"u8,
        FaultKind.BadClientFlags => Line(FaultKind.BadFormat),
        FaultKind.BadInitialFlag => "CLIENT_ERROR invalid numeric initial value\r\n"u8,
        FaultKind.BadDeltaFlag => "CLIENT_ERROR invalid numeric delta value\r\n"u8,
        FaultKind.BadModeLength => "CLIENT_ERROR incorrect length for M token\r\n"u8,
        FaultKind.BadSetMode => "CLIENT_ERROR invalid mode for ms M token\r\n"u8,
        FaultKind.BadArithmeticMode => "CLIENT_ERROR invalid mode for ma M token\r\n"u8,
        FaultKind.OpaqueTooLong => "CLIENT_ERROR opaque token too long\r\n"u8,
        FaultKind.TooManyGetFlags => "CLIENT_ERROR options flags are too long\r\n"u8,
        FaultKind.TooManyFlags => "CLIENT_ERROR options flags too long\r\n"u8,
        _ => default,
    };
}
