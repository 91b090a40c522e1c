namespace Fabrik.Wire.Grpc;

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Compressed as the call is; sent at once.</summary>
    None = 0,

    /// <summary>The message may wait in the buffer for the next one.</summary>
    BufferHint = 1,

    /// <summary>The message is not compressed, although the call is.</summary>
    NoCompress = 2,
}

/// <summary>How messages are written. The shape is that of the official .NET API.</summary>
public class WriteOptions
{
    /// <summary>Without flags.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Makes options.</summary>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; }
}
