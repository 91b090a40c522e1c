namespace Fabrik.Wire.Memcached;

/// <summary>How a binary request ended (memcached's <c>protocol_binary.h</c>).</summary>
public enum BinaryStatus : ushort
{
    /// <summary>It was done.</summary>
    Success = 0x00,

    /// <summary>There is no such key.</summary>
    KeyNotFound = 0x01,

    /// <summary>There is one, or it has another unique number.</summary>
    KeyExists = 0x02,

    /// <summary>The value is larger than the server takes.</summary>
    TooLarge = 0x03,

    /// <summary>The packet is wrong.</summary>
    InvalidArguments = 0x04,

    /// <summary>It was not stored, as there is nothing to add to.</summary>
    NotStored = 0x05,

    /// <summary>The value to count with is no number.</summary>
    NotNumeric = 0x06,

    /// <summary>Another server has the key.</summary>
    WrongServer = 0x07,

    /// <summary>Who is asking is not known, or not allowed to.</summary>
    AuthenticationError = 0x20,

    /// <summary>Another step is needed to know who is asking.</summary>
    AuthenticationContinue = 0x21,

    /// <summary>The server does not know the opcode.</summary>
    UnknownCommand = 0x81,

    /// <summary>The server has no memory left.</summary>
    OutOfMemory = 0x82,

    /// <summary>The server does not do this.</summary>
    NotSupported = 0x83,

    /// <summary>The server failed.</summary>
    InternalError = 0x84,

    /// <summary>The server has too much to do.</summary>
    Busy = 0x85,

    /// <summary>The server cannot at the moment.</summary>
    TemporaryFailure = 0x86,
}
