using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;

namespace Fabrik.Wire.Bazel;

/// <summary>The methods of the Remote Execution API's caching services.</summary>
public static class RemoteMethods
{
    /// <summary>The field of metadata in which clients say what a call is for.</summary>
    public const string RequestMetadataField = "build.bazel.remote.execution.v2.requestmetadata-bin";

    private const string Prefix = "build.bazel.remote.execution.v2.";
    private const string ActionCache = Prefix + nameof(ActionCache);
    private const string Storage = Prefix + "ContentAddressableStorage";

    /// <summary>Says what the server can do.</summary>
    public static Method<GetCapabilitiesRequest, ServerCapabilities> GetCapabilities { get; } =
        Unary(Prefix + "Capabilities", nameof(GetCapabilities),
            GetCapabilitiesRequest.Parser, ServerCapabilities.Parser);

    /// <summary>Gives what an action made.</summary>
    public static Method<GetActionResultRequest, ActionResult> GetActionResult { get; } =
        Unary(ActionCache, nameof(GetActionResult), GetActionResultRequest.Parser, ActionResult.Parser);

    /// <summary>Takes what an action made.</summary>
    public static Method<UpdateActionResultRequest, ActionResult> UpdateActionResult { get; } =
        Unary(ActionCache, nameof(UpdateActionResult), UpdateActionResultRequest.Parser, ActionResult.Parser);

    /// <summary>Says which blobs are not there.</summary>
    public static Method<FindMissingBlobsRequest, FindMissingBlobsResponse> FindMissingBlobs { get; } =
        Unary(Storage, nameof(FindMissingBlobs), FindMissingBlobsRequest.Parser, FindMissingBlobsResponse.Parser);

    /// <summary>The same as a server has it, which looks at bytes only.</summary>
    public static Method<DigestQuestion, DigestAnswer> AnswerDigests { get; } = new(
        MethodType.Unary,
        Storage,
        nameof(FindMissingBlobs),
        ReadOnly(DigestQuestion.Read),
        WriteOnly<DigestAnswer>(DigestAnswer.Write));

    /// <summary>Takes small blobs.</summary>
    public static Method<BatchUpdateBlobsRequest, BatchUpdateBlobsResponse> BatchUpdateBlobs { get; } =
        Unary(Storage, nameof(BatchUpdateBlobs), BatchUpdateBlobsRequest.Parser, BatchUpdateBlobsResponse.Parser);

    /// <summary>Gives small blobs.</summary>
    public static Method<BatchReadBlobsRequest, BatchReadBlobsResponse> BatchReadBlobs { get; } =
        Unary(Storage, nameof(BatchReadBlobs), BatchReadBlobsRequest.Parser, BatchReadBlobsResponse.Parser);

    /// <summary>The same as a server has it, which sends blobs from where they lie.</summary>
    public static Method<BatchReadBlobsRequest, BlobBatch> GiveBlobs { get; } = new(
        MethodType.Unary,
        Storage,
        nameof(BatchReadBlobs),
        Marshallers.ForMessage(BatchReadBlobsRequest.Parser),
        WriteOnly<BlobBatch>(BlobBatch.Write));

    /// <summary>Gives the folders below one.</summary>
    public static Method<GetTreeRequest, GetTreeResponse> GetTree { get; } = new(
        MethodType.ServerStreaming,
        Storage,
        nameof(GetTree),
        Marshallers.ForMessage(GetTreeRequest.Parser),
        Marshallers.ForMessage(GetTreeResponse.Parser));

    /// <summary>The same as a server has it, which sends folders as they are stored.</summary>
    public static Method<GetTreeRequest, TreePage> GiveTree { get; } = new(
        MethodType.ServerStreaming,
        Storage,
        nameof(GetTree),
        Marshallers.ForMessage(GetTreeRequest.Parser),
        WriteOnly<TreePage>(TreePage.Write));

    /// <summary>Says what chunks a blob is made of.</summary>
    public static Method<SplitBlobRequest, SplitBlobResponse> SplitBlob { get; } =
        Unary(Storage, nameof(SplitBlob), SplitBlobRequest.Parser, SplitBlobResponse.Parser);

    /// <summary>Makes a blob of chunks.</summary>
    public static Method<SpliceBlobRequest, SpliceBlobResponse> SpliceBlob { get; } =
        Unary(Storage, nameof(SpliceBlob), SpliceBlobRequest.Parser, SpliceBlobResponse.Parser);

    private static Marshaller<T> ReadOnly<T>(Func<DeserializationContext, T> read) =>
        new(static (_, _) => throw new NotSupportedException("only a server has this message, and reads it"), read);

    private static Marshaller<T> WriteOnly<T>(Action<T, SerializationContext> write) =>
        new(write, static _ => throw new NotSupportedException("only a server has this message, and writes it"));

    private static Method<TRequest, TResponse> Unary<TRequest, TResponse>(
        string service, string name, MessageParser<TRequest> request, MessageParser<TResponse> response)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        new(MethodType.Unary, service, name, Marshallers.ForMessage(request), Marshallers.ForMessage(response));
}
