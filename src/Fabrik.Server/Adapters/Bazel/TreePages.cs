using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>Sends the folders below one, in pages.</summary>
internal sealed class TreePages(RpcDoor door, BlobSpace blobs)
{
    private readonly RequestCheck _check = new(door);
    private readonly BlobReader _reader = new(blobs);

    /// <summary>Sends all pages, from the one that the token names on.</summary>
    public async ValueTask SendAsync(
        GetTreeRequest request, IServerStreamWriter<TreePage> stream, BazelCall call)
    {
        var root = _check.Digest(request.RootDigest, "root_digest");
        if (request.PageSize < 0 || !TreeToken.TryParse(request.PageToken, root, out var start))
        {
            throw _check.Invalid("page_size must not be negative, and page_token be empty or one of this tree");
        }

        var walk = new TreeWalk(_reader, call.Principal, root);
        var (page, place) = (new TreePage(), 0);
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

                if (node.Folder is not { } folder || here < start)
                {
                    continue;
                }

                var isFull = page.Size + TreePage.SizeOf(folder.Length) > BlobLimit.Page
                    || page.Count == request.PageSize;
                if (isFull && page.Count > 0)
                {
                    page.NextToken = TreeToken.Format(here, root);
                    await SendAsync(page, stream, call);
                    page = new TreePage();
                }

                page.Add(folder);
            }
        }

        door.Hit();
        await SendAsync(page, stream, call);
    }

    private async ValueTask SendAsync(
        TreePage page, IServerStreamWriter<TreePage> stream, BazelCall call)
    {
        await stream.WriteAsync(page, call.Ended);
        door.SentBytes(page.Size);
    }
}
