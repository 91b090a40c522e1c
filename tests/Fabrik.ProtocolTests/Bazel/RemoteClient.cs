using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.ProtocolTests.Bazel;

/// <summary>The calls of the Remote Execution API, in short.</summary>
internal sealed class RemoteClient(CallInvoker calls, string? token)
{
    /// <summary>Sent with every call, besides the token.</summary>
    public Metadata Headers { get; } = token is null ? [] : new() { { "authorization", $"Bearer {token}" } };

    private CallOptions Options => new(headers: Headers);

    public async Task<TResponse> CallAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        using var call = calls.AsyncUnaryCall(method, null, Options, request);
        return await call.ResponseAsync;
    }

    /// <summary>The status with which a call must fail.</summary>
    public async Task<Status> FailAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request)
        where TRequest : class
        where TResponse : class =>
        (await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, request))).Status;

    public Task<ServerCapabilities> CapabilitiesAsync() =>
        CallAsync(RemoteMethods.GetCapabilities, new GetCapabilitiesRequest());

    public async Task<IReadOnlyList<Digest>> FindMissingAsync(params TestBlob[] blobs)
    {
        var request = new FindMissingBlobsRequest { BlobDigests = { blobs.Select(blob => blob.Message) } };
        return (await CallAsync(RemoteMethods.FindMissingBlobs, request)).MissingBlobDigests;
    }

    /// <summary>Uploads as identity; all must succeed.</summary>
    public async Task UploadAsync(params TestBlob[] blobs) =>
        Assert.All(await UpdateAsync([.. blobs.Select(As)]), code => Assert.Equal(StatusCode.OK, code));

    public async Task<StatusCode[]> UpdateAsync(params BatchUpdateBlobsRequest.Types.Request[] blobs)
    {
        var response = await CallAsync(
            RemoteMethods.BatchUpdateBlobs, new BatchUpdateBlobsRequest { Requests = { blobs } });
        Assert.Equal(blobs.Select(blob => blob.Digest), response.Responses.Select(part => part.Digest));
        return [.. response.Responses.Select(part => (StatusCode)part.Status.Code)];
    }

    public async Task<BatchReadBlobsResponse.Types.Response[]> ReadAsync(params Digest[] digests) =>
        [.. (await CallAsync(
            RemoteMethods.BatchReadBlobs, new BatchReadBlobsRequest { Digests = { digests } })).Responses];

    public async Task<List<GetTreeResponse>> TreeAsync(GetTreeRequest request)
    {
        using var call = calls.AsyncServerStreamingCall(RemoteMethods.GetTree, null, Options, request);
        var pages = new List<GetTreeResponse>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            pages.Add(call.ResponseStream.Current);
        }

        return pages;
    }

    public Task<ActionResult> UpdateActionAsync(TestBlob action, ActionResult result, string instance = "") =>
        CallAsync(RemoteMethods.UpdateActionResult, new UpdateActionResultRequest
        {
            InstanceName = instance,
            ActionDigest = action.Message,
            ActionResult = result,
        });

    /// <summary>The result of an action, or none.</summary>
    public async Task<ActionResult?> FindActionAsync(
        TestBlob action, string instance = "", Action<GetActionResultRequest>? change = null)
    {
        var request = new GetActionResultRequest { InstanceName = instance, ActionDigest = action.Message };
        change?.Invoke(request);
        try
        {
            return await CallAsync(RemoteMethods.GetActionResult, request);
        }
        catch (RpcException miss) when (miss.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public static BatchUpdateBlobsRequest.Types.Request As(TestBlob blob) =>
        new() { Digest = blob.Message, Data = ByteString.CopyFrom(blob.Bytes) };
}
