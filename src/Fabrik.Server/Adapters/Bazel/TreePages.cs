using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Sends the folders below one, in pages.</summary>
internal sealed class TreePages(RpcDoor door, BlobSpace blobs)
{
    // A folder's tag and length within the page.
    private const int FolderHead = 6;

    private readonly RequestCheck _check = new(door);
    private readonly BlobReader _reader = new(blobs);

    /// <summary>Sends all pages, from the one that the token names on.</summary>
    public async ValueTask SendAsync(
        GetTreeRequest request, IServerStreamWriter<GetTreeResponse> stream, BazelCall call)
    {
        var root = _check.Digest(request.RootDigest, "root_digest");
        if (request.PageSize < 0 || !TreeToken.TryParse(request.PageToken, root, out var start))
        {
            throw _check.Invalid("page_size must not be negative, and page_token be empty or one of this tree");
        }

        var walk = new TreeWalk(_reader, call.Principal, root);
        var (page, room, place) = (new GetTreeResponse(), BlobLimit.Page, 0);
        while (!walk.IsAtEnd)
        {
            var next = await walk.NextAsync(call.Ended);
            if (!next.TryGet(out var nodes, out var error))
            {
                throw door.Fail(error);
            }

            foreach (var node in nodes)
            {
                var here = place++;
                if (here == 0 && node.Folder is null)
                {
                    door.Miss();
                    throw new RpcException(new Status(StatusCode.NotFound, $"there is no folder {root}"));
                }

                if (node.Folder is null || here < start)
                {
                    continue;
                }

                var size = FolderHead + (int)node.Digest.Size;
                if (page.Directories.Count > 0 && (size > room || page.Directories.Count == request.PageSize))
                {
                    page.NextPageToken = TreeToken.Format(here, root);
                    await SendAsync(page, stream, call);
                    (page, room) = (new GetTreeResponse(), BlobLimit.Page);
                }

                page.Directories.Add(node.Folder);
                room -= size;
            }
        }

        door.Hit();
        await SendAsync(page, stream, call);
    }

    private async ValueTask SendAsync(
        GetTreeResponse page, IServerStreamWriter<GetTreeResponse> stream, BazelCall call)
    {
        await stream.WriteAsync(page, call.Ended);
        door.SentBytes(((IMessage)page).CalculateSize());
    }
}
