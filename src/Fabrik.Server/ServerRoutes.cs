using System.Collections.Frozen;
using Fabrik.Server.Adapters.Bazel;
using Fabrik.Server.Adapters.Bazel.Http;
using Fabrik.Server.Adapters.FabrikProtocol;
using Fabrik.Server.Adapters.Gradle;
using Fabrik.Server.Adapters.Http;
using Fabrik.Server.Adapters.Nx;
using Fabrik.Server.Adapters.S3;
using Fabrik.Server.Adapters.Turborepo;
using Fabrik.Server.Admin;
using Fabrik.Server.Rpc;
using Fabrik.Server.Rpc.Health;
using Fabrik.Server.Rpc.Reflection;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fabrik.V1;
using Fabrik.Wire.Protos.Google.Bytestream;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server;

/// <summary>
/// Every path of every protocol: one line here, and one folder in <c>Adapters/</c>, for each. A path that no adapter
/// has is answered with 404, a method that a path does not take with 405 and <c>Allow</c>; both come from routing.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>gradle</term><description><c>GET HEAD PUT /cache/{key}</c></description></item>
/// <item><term>nx</term><description><c>GET HEAD PUT /v1/cache/{hash}</c></description></item>
/// <item><term>turborepo</term><description>
/// <c>GET HEAD PUT OPTIONS /v8/artifacts/{hash}</c>, <c>POST /v8/artifacts</c>, <c>POST /v8/artifacts/events</c>,
/// <c>GET /v8/artifacts/status</c>
/// </description></item>
/// <item><term>http</term><description>
/// <c>GET HEAD PUT DELETE OPTIONS PROPFIND MKCOL</c> under <c>/http/</c>, <c>/ccache/</c>, <c>/webdav/</c>, and
/// <c>/cache/</c> with two or more segments
/// </description></item>
/// <item><term>bazel</term><description>
/// <c>GET HEAD PUT /ac/{hash}</c>, <c>GET HEAD PUT /cas/{hash}</c>, each behind any segments but those of http: the
/// name of an instance, which <see cref="BazelInstances"/> takes off before routing
/// </description></item>
/// <item><term>bazel (gRPC)</term><description>
/// <c>build.bazel.remote.execution.v2</c>: <c>Capabilities</c>, <c>ActionCache</c>, <c>ContentAddressableStorage</c>;
/// <c>google.bytestream.ByteStream</c>; health and reflection as below
/// </description></item>
/// <item><term>s3</term><description>every path of a listener of its own: a bucket and a key</description></item>
/// <item><term>fabrik (gRPC)</term><description>
/// <c>fabrik.v1.FabrikCache</c>, <c>grpc.health.v1.Health</c>, <c>grpc.reflection.v1.ServerReflection</c>
/// </description></item>
/// </list>
/// </remarks>
public static class ServerRoutes
{
    private static readonly FrozenDictionary<string, Action<IEndpointRouteBuilder, ServerServices>> Adapters =
        new Dictionary<string, Action<IEndpointRouteBuilder, ServerServices>>(StringComparer.Ordinal)
        {
            ["gradle"] = GradleAdapter.Map,
            ["nx"] = NxAdapter.Map,
            ["turborepo"] = TurborepoAdapter.Map,
            ["bazel"] = BazelHttp.Map,
            ["http"] = HttpAdapter.Map,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names that <see cref="ServerOptions.Adapters"/> may have.</summary>
    public static IReadOnlySet<string> AdapterNames { get; } = Adapters.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names that entries are stored and counted by: an adapter may have several doors.</summary>
    public static IReadOnlyList<string> Tools { get; } =
        [.. Adapters.Keys, HttpAdapter.Ccache, HttpAdapter.Webdav, S3Call.Namespace];

    /// <summary>Maps the routes of the adapters that are enabled.</summary>
    /// <exception cref="ArgumentException">An adapter that is enabled does not exist.</exception>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(services);
        foreach (var name in services.Options.Adapters)
        {
            if (!Adapters.TryGetValue(name, out var map))
            {
                throw new ArgumentException(
                    $"there is no adapter \"{name}\"; expected {string.Join(", ", AdapterNames)}", nameof(services));
            }

            map(routes, services);
        }
    }

    /// <summary>Maps the Fabrik protocol; the listener speaks HTTP/2.</summary>
    public static void MapFabrik(IEndpointRouteBuilder routes, ServerServices services, HealthServices health)
    {
        FabrikProtocolAdapter.Map(routes, services);
        MapForRpc(routes, services, health, CacheReflection.Descriptor.Services);
    }

    /// <summary>Maps the Remote Execution API's caching services; the listener speaks HTTP/2.</summary>
    public static void MapBazel(IEndpointRouteBuilder routes, ServerServices services, HealthServices health)
    {
        BazelAdapter.MapRpc(routes, services);
        IList<ServiceDescriptor> descriptors =
            [.. RemoteExecutionReflection.Descriptor.Services, .. BytestreamReflection.Descriptor.Services];
        MapForRpc(routes, services, health, descriptors);
    }

    /// <summary>Maps the S3 API, whose listener serves nothing else: every path is a bucket and a key.</summary>
    public static void MapS3(IEndpointRouteBuilder routes, ServerServices services, S3Services s3) =>
        S3Adapter.Map(routes, services, s3);

    // What every gRPC listener has: health, reflection, and an answer for methods that there are not.
    private static void MapForRpc(
        IEndpointRouteBuilder routes,
        ServerServices services,
        HealthServices health,
        IList<ServiceDescriptor> descriptors)
    {
        RpcHealth.Map(routes, services, health, descriptors.Select(service => service.FullName));
        RpcReflection.Map(routes, services, descriptors);
        routes.MapRpcFallback();
    }
}
