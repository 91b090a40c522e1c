namespace Fabrik.Wire.Memcached;

/// <summary>What is wrong with a command.</summary>
public enum FaultKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No such command, or not with so many words.</summary>
    UnknownCommand,

    /// <summary>A line that cannot be understood: a key that is too long, a number that is none.</summary>
    BadFormat,

    /// <summary>A <c>delete</c> with words that it does not take.</summary>
    BadDelete,

    /// <summary>A value that does not end where it was said to.</summary>
    BadDataChunk,

    /// <summary>A value above the limit.</summary>
    TooLarge,

    /// <summary>An expiry that is no number.</summary>
    BadExpiry,

    /// <summary>A step to count by that is no number.</summary>
    BadDelta,

    /// <summary>A flag that is there twice.</summary>
    DuplicateFlag,

    /// <summary>A flag that is no letter.</summary>
    InvalidFlag,

    /// <summary>What <c>md</c> and <c>ma</c> say of any wrong flag.</summary>
    InvalidOrDuplicateFlag,

    /// <summary>A key that is not base64 although it is said to be.</summary>
    BadEncodedKey,

    /// <summary>A flag whose number is none.</summary>
    BadFlagNumber,

    /// <summary>Client flags that are no number.</summary>
    BadClientFlags,

    /// <summary>A number to count from that is none.</summary>
    BadInitialFlag,

    /// <summary>A number to count by that is none.</summary>
    BadDeltaFlag,

    /// <summary>A mode that is not one letter.</summary>
    BadModeLength,

    /// <summary>A mode that <c>ms</c> does not have.</summary>
    BadSetMode,

    /// <summary>A mode that <c>ma</c> does not have.</summary>
    BadArithmeticMode,

    /// <summary>An opaque token above the limit.</summary>
    OpaqueTooLong,

    /// <summary>More flags than <c>mg</c> takes.</summary>
    TooManyGetFlags,

    /// <summary>More flags than a meta command takes.</summary>
    TooManyFlags,

    /// <summary>A line above the limit; the connection is closed, as memcached does.</summary>
    LineTooLong,

    /// <summary>HTTP by mistake; the connection is closed without an answer, as memcached does.</summary>
    Http,

    /// <summary>A <c>gat</c> without a key, which memcached answers as one that finds nothing.</summary>
    NoKeys,

    /// <summary>A packet that is no request; the connection is closed, as memcached does.</summary>
    BadMagic,

    /// <summary>A packet whose lengths do not fit its opcode; the connection is closed, as memcached does.</summary>
    InvalidArguments,

    /// <summary>A packet whose lengths do not fit each other; the connection is closed, as memcached does.</summary>
    BadLengths,
}
