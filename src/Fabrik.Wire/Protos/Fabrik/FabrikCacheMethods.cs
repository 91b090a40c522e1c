using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Wire.Protos.Fabrik;

/// <summary>
/// The methods of the service, for its server and its clients. The streaming ones lend messages from pools that are
/// this object's, so a process makes few of them.
/// </summary>
public sealed class FabrikCacheMethods
{
    /// <summary>Makes the methods, with empty pools.</summary>
    public FabrikCacheMethods()
    {
        Get = new Method<GetRequest, ChunkMessage<GetResponse>>(
            MethodType.ServerStreaming,
            FabrikContract.Service,
            nameof(Get),
            Marshallers.ForMessage(GetRequest.Parser),
            GetChunks.Marshaller);
        Put = new Method<ChunkMessage<PutRequest>, PutResponse>(
            MethodType.ClientStreaming,
            FabrikContract.Service,
            nameof(Put),
            PutChunks.Marshaller,
            Marshallers.ForMessage(PutResponse.Parser));
    }

    /// <summary>Describes an artifact.</summary>
    public static Method<ExistsRequest, ExistsResponse> Exists { get; } =
        Unary(nameof(Exists), ExistsRequest.Parser, ExistsResponse.Parser);

    /// <summary>Removes an artifact.</summary>
    public static Method<DeleteRequest, DeleteResponse> Delete { get; } =
        Unary(nameof(Delete), DeleteRequest.Parser, DeleteResponse.Parser);

    /// <summary>Asks for figures.</summary>
    public static Method<GetStatsRequest, GetStatsResponse> GetStats { get; } =
        Unary(nameof(GetStats), GetStatsRequest.Parser, GetStatsResponse.Parser);

    /// <summary>Says of many artifacts whether they are there.</summary>
    public static Method<BatchExistsRequest, BatchExistsResponse> BatchExists { get; } =
        Unary(nameof(BatchExists), BatchExistsRequest.Parser, BatchExistsResponse.Parser);

    /// <summary>Extends leases.</summary>
    public static Method<TouchRequest, TouchResponse> Touch { get; } =
        Unary(nameof(Touch), TouchRequest.Parser, TouchResponse.Parser);

    /// <summary>Agrees on a version.</summary>
    public static Method<HelloRequest, HelloResponse> Hello { get; } =
        Unary(nameof(Hello), HelloRequest.Parser, HelloResponse.Parser);

    /// <summary>Sends an artifact.</summary>
    public Method<GetRequest, ChunkMessage<GetResponse>> Get { get; }

    /// <summary>Stores an artifact.</summary>
    public Method<ChunkMessage<PutRequest>, PutResponse> Put { get; }

    /// <summary>Reads and writes the messages of <see cref="Get"/>.</summary>
    public ChunkCodec<GetResponse> GetChunks { get; } = ChunkFields<GetResponse>.CodecOf(
        GetResponse.Parser,
        (GetResponse.ChunkFieldNumber, GetResponse.ExpiresUnixMsFieldNumber),
        static message => message.Chunk,
        static (message, chunk) => message.Chunk = chunk);

    /// <summary>Reads and writes the messages of <see cref="Put"/>.</summary>
    public ChunkCodec<PutRequest> PutChunks { get; } = ChunkFields<PutRequest>.CodecOf(
        PutRequest.Parser,
        (PutRequest.ChunkFieldNumber, PutRequest.TtlMsFieldNumber),
        static message => message.Chunk,
        static (message, chunk) => message.Chunk = chunk);

    private static Method<TRequest, TResponse> Unary<TRequest, TResponse>(
        string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(
            MethodType.Unary,
            FabrikContract.Service,
            name,
            Marshallers.ForMessage(request),
            Marshallers.ForMessage(response));
}
