using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.S3;

/// <summary>
/// The S3 API, on a listener of its own: every path is a bucket and a key. Paths are read from the request line, as the
/// server's own reading of them undoes escapes and takes out dots.
/// </summary>
internal static class S3Adapter
{
    /// <summary>Maps the adapter's one route.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services, S3Services s3) =>
        routes.Map("/{**path}", new S3Door(services, s3).ServeAsync);
}
