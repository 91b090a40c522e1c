namespace Fabrik.Wire.Memcached;

/// <summary>What readers take at most. The defaults are memcached's, where it has a limit.</summary>
public sealed class ReaderLimits
{
    /// <summary>Bytes of a key, and of the base64 form of one (memcached's <c>KEY_MAX_LENGTH</c>).</summary>
    public const int MaxKeyLength = 250;

    /// <summary>Bytes of a meta command's opaque token, its letter counted.</summary>
    public const int MaxOpaqueLength = 32;

    /// <summary>Tokens of a meta command: its name, its key, a length, flags.</summary>
    public const int MaxMetaTokens = 19;

    /// <summary>What all use that are told nothing else.</summary>
    public static ReaderLimits Default { get; } = new();

    /// <summary>
    /// Bytes of a value. Above it a command is answered that it is too large; an answer breaks its connection.
    /// </summary>
    public int MaxValueLength { get; init; } = 1024 * 1024;

    /// <summary>Bytes of a command's line that does not retrieve (2,048 in memcached).</summary>
    public int MaxLineLength { get; init; } = 2048;

    /// <summary>Bytes of the line of <c>get</c> and <c>gets</c>, which memcached does not limit.</summary>
    public int MaxRetrievalLineLength { get; init; } = 256 * 1024;

    /// <summary>Bytes of a line that a server answers by.</summary>
    public int MaxReplyLineLength { get; init; } = 8192;
}
