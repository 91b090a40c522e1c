using System.Buffers;
using System.Buffers.Binary;

namespace Fabrik.Wire.Grpc;

/// <summary>Whether a message could be taken from a buffer.</summary>
public enum FrameResult
{
    /// <summary>The buffer has the beginning of a message, or nothing.</summary>
    Incomplete,

    /// <summary>The message is whole.</summary>
    Complete,

    /// <summary>The message will be larger than the limit: nothing of it need be waited for.</summary>
    TooLarge,

    /// <summary>The first byte is neither 0 nor 1: what follows cannot be understood.</summary>
    BadFlag,
}

/// <summary>
/// One message on the wire: a flag, a length of 4 bytes and the bytes (gRPC over HTTP/2, "Length-Prefixed-Message").
/// </summary>
public readonly struct MessageFrame
{
    /// <summary>The bytes in front of a message.</summary>
    public const int PrefixLength = 5;

    private const byte CompressedFlag = 1;

    private MessageFrame(bool isCompressed, uint length, ReadOnlySequence<byte> payload)
    {
        IsCompressed = isCompressed;
        Length = length;
        Payload = payload;
    }

    /// <summary>Whether the payload has the encoding that <c>grpc-encoding</c> names.</summary>
    public bool IsCompressed { get; }

    /// <summary>The announced size of the payload; set whenever the prefix was there.</summary>
    public uint Length { get; }

    /// <summary>The bytes, in the buffer they were found in.</summary>
    public ReadOnlySequence<byte> Payload { get; }

    /// <summary>Takes the next message from a buffer.</summary>
    /// <param name="buffer">Begins at a message; afterwards it begins behind it, if the message was whole.</param>
    /// <param name="maxLength">The largest payload, in bytes.</param>
    /// <param name="frame">The message.</param>
    public static FrameResult TryRead(ref ReadOnlySequence<byte> buffer, int maxLength, out MessageFrame frame)
    {
        frame = default;
        Span<byte> scratch = stackalloc byte[PrefixLength];
        scoped var prefix = buffer.FirstSpan;
        if (prefix.Length < PrefixLength)
        {
            if (buffer.Length < PrefixLength)
            {
                return FrameResult.Incomplete;
            }

            buffer.Slice(0, PrefixLength).CopyTo(scratch);
            prefix = scratch;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        frame = new MessageFrame(prefix[0] == CompressedFlag, length, default);
        if (prefix[0] > CompressedFlag)
        {
            return FrameResult.BadFlag;
        }

        if (length > (uint)maxLength)
        {
            return FrameResult.TooLarge;
        }

        if (buffer.Length - PrefixLength < length)
        {
            return FrameResult.Incomplete;
        }

        frame = new MessageFrame(frame.IsCompressed, length, buffer.Slice(PrefixLength, length));
        buffer = buffer.Slice(frame.Payload.End);
        return FrameResult.Complete;
    }

    /// <summary>Writes the prefix of a message.</summary>
    /// <param name="destination">At least <see cref="PrefixLength"/> bytes.</param>
    /// <param name="isCompressed">Whether the payload is compressed.</param>
    /// <param name="length">The size of the payload.</param>
    public static void WritePrefix(Span<byte> destination, bool isCompressed, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        destination[0] = isCompressed ? CompressedFlag : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
    }
}
