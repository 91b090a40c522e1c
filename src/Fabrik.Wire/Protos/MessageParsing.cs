using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Fabrik.Wire.Protos;

/// <summary>
/// Reads messages that strangers or disks hold: whatever is no message is told, not thrown. The library throws for
/// that, and for some of it (a second field with the number 0) not the exception that it documents.
/// </summary>
public static class MessageParsing
{
    /// <summary>Reads a message; false with what is wrong.</summary>
    public static bool TryParse<T>(
        this MessageParser<T> parser,
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? fault)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(parser);
        (message, fault) = (null, null);
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidOperationException)
        {
            fault = error.Message;
            return false;
        }
    }

    /// <summary>The same for bytes in pieces.</summary>
    public static bool TryParse<T>(
        this MessageParser<T> parser,
        ReadOnlySequence<byte> bytes,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? fault)
        where T : class, IMessage<T>
    {
        ArgumentNullException.ThrowIfNull(parser);
        (message, fault) = (null, null);
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidOperationException)
        {
            fault = error.Message;
            return false;
        }
    }
}
