using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Google.Bytestream;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// The methods of ByteStream. The streaming ones lend messages from pools that are this object's, so a process makes
/// few of them.
/// </summary>
public sealed class ByteStreamMethods
{
    private const string Service = "google.bytestream.ByteStream";

    /// <summary>Makes the methods, with empty pools.</summary>
    public ByteStreamMethods()
    {
        Read = new Method<ReadRequest, ChunkMessage<ReadResponse>>(
            MethodType.ServerStreaming,
            Service,
            nameof(Read),
            Marshallers.ForMessage(ReadRequest.Parser),
            ReadChunks.Marshaller);
        Write = new Method<ChunkMessage<WriteRequest>, WriteResponse>(
            MethodType.ClientStreaming,
            Service,
            nameof(Write),
            WriteChunks.Marshaller,
            Marshallers.ForMessage(WriteResponse.Parser));
    }

    /// <summary>Says how much of a write has arrived.</summary>
    public static Method<QueryWriteStatusRequest, QueryWriteStatusResponse> QueryWriteStatus { get; } = new(
        MethodType.Unary,
        Service,
        nameof(QueryWriteStatus),
        Marshallers.ForMessage(QueryWriteStatusRequest.Parser),
        Marshallers.ForMessage(QueryWriteStatusResponse.Parser));

    /// <summary>Gives a blob.</summary>
    public Method<ReadRequest, ChunkMessage<ReadResponse>> Read { get; }

    /// <summary>Takes a blob.</summary>
    public Method<ChunkMessage<WriteRequest>, WriteResponse> Write { get; }

    /// <summary>Reads and writes the messages of <see cref="Read"/>.</summary>
    public ChunkCodec<ReadResponse> ReadChunks { get; } = ChunkFields<ReadResponse>.CodecOf(
        ReadResponse.Parser,
        (ReadResponse.DataFieldNumber, ReadResponse.DataFieldNumber),
        static message => message.Data,
        static (message, chunk) => message.Data = chunk);

    /// <summary>Reads and writes the messages of <see cref="Write"/>.</summary>
    public ChunkCodec<WriteRequest> WriteChunks { get; } = ChunkFields<WriteRequest>.CodecOf(
        WriteRequest.Parser,
        (WriteRequest.DataFieldNumber, WriteRequest.DataFieldNumber),
        static message => message.Data,
        static (message, chunk) => message.Data = chunk);
}
