namespace Fabrik.Wire.Grpc;

/// <summary>What each side answers, or reports, to a message that is not well formed or above a limit.</summary>
public static class MessageErrors
{
    /// <summary>A message that was announced is larger than what is taken.</summary>
    public static RpcException TooLargeToReceive(long size, int maxSize) => new(new Status(
        StatusCode.ResourceExhausted, $"the message has {size} bytes, and at most {maxSize} are taken"));

    /// <summary>A message is larger than what is sent.</summary>
    public static RpcException TooLargeToSend(long size, int maxSize) => new(new Status(
        StatusCode.ResourceExhausted, $"the message has {size} bytes or more, and at most {maxSize} are sent"));

    /// <summary>The stream ended within a message.</summary>
    public static RpcException Truncated() => new(new Status(
        StatusCode.Internal, "the stream ended within a message"));

    /// <summary>The first byte of a message is neither 0 nor 1.</summary>
    public static RpcException BadFlag() => new(new Status(
        StatusCode.Internal, "a message must begin with 0 or 1"));

    /// <summary>The compressed flag of a message does not go with the headers.</summary>
    public static RpcException FlagWithoutEncoding() => new(new Status(
        StatusCode.Internal, $"a message has the compressed flag, and {GrpcFields.Encoding} names no encoding"));

    /// <summary>A message is compressed with something that this side does not know.</summary>
    /// <param name="code">Servers say "unimplemented", clients "internal".</param>
    public static RpcException UnknownEncoding(StatusCode code) => new(new Status(
        code, $"{GrpcFields.Encoding} names an unknown encoding; supported are {MessageEncoding.Accepted}"));

    /// <summary>A message cannot be decompressed.</summary>
    public static RpcException Corrupt() => new(new Status(
        StatusCode.Internal, "a message is not one complete gzip member"));

    /// <summary>A message cannot be parsed.</summary>
    public static RpcException Unparsable(Exception cause) => new(new Status(
        StatusCode.Internal, "a message could not be parsed", cause));

    internal static RpcException For(FrameResult result, MessageFrame frame, int maxSize) => result switch
    {
        FrameResult.TooLarge => TooLargeToReceive(frame.Length, maxSize),
        FrameResult.BadFlag => BadFlag(),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "no failure"),
    };
}
