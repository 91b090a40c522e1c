using System.Collections.Frozen;
using Fabrik.Server.Adapters.Gradle;
using Fabrik.Server.Adapters.Http;
using Fabrik.Server.Adapters.Nx;
using Fabrik.Server.Adapters.Turborepo;
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
            ["http"] = HttpAdapter.Map,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names that <see cref="ServerOptions.Adapters"/> may have.</summary>
    public static IReadOnlySet<string> AdapterNames { get; } = Adapters.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names that entries are stored and counted by: an adapter may have several doors.</summary>
    public static IReadOnlyList<string> Tools { get; } = [.. Adapters.Keys, HttpAdapter.Ccache, HttpAdapter.Webdav];

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
}
