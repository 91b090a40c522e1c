using System.Net;
using Fabrik.Settings.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fabrik.Composition;

/// <summary>
/// A listener that exists: a feature of each of its connections, so that a request knows where it came in.
/// </summary>
internal sealed class ListenerRole(ListenerPlan plan)
{
    /// <summary>What it was planned as.</summary>
    public ListenerPlan Plan => plan;

    /// <summary>What Kestrel knows of it; after the start, with the port that the system chose.</summary>
    public ListenOptions? Options { get; set; }

    /// <summary>What answers its requests.</summary>
    public RequestDelegate Answer { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    };

    /// <summary>Whether it is served over TLS.</summary>
    public bool IsSecure { get; set; }

    /// <summary>Where it listens that is none of Kestrel's; null for others, and for a socket file.</summary>
    public IPEndPoint? Bound { get; init; }

    /// <summary>The port; 0 for a socket file.</summary>
    public int Port => (Bound ?? Options?.IPEndPoint)?.Port ?? 0;

    /// <summary>Host and port, or the path of a socket file.</summary>
    public string Address => plan.Bind.UnixPath.Length > 0
        ? plan.Bind.UnixPath
        : BindAddress.Tcp(plan.Bind.Host is "*" ? "127.0.0.1" : plan.Bind.Host, Port).ToString();

    /// <summary>The address for people.</summary>
    public string Url => plan.Bind.UnixPath.Length > 0
        ? plan.Bind.ToString()
        : $"{Scheme}://{BindAddress.Tcp(plan.Bind.Host, Port)}";

    /// <summary>The address that a build tool on this machine is told, without a slash at its end.</summary>
    public string ClientUrl => $"{Scheme}://{LocalUrl.Authority}";

    private string Scheme => (plan.IsRpc, IsSecure) switch
    {
        _ when plan.Duties.HasFlag(ListenerDuties.Memcached) => "memcached",
        (true, true) => "grpcs",
        (true, false) => "grpc",
        (false, true) => "https",
        _ => "http",
    };

    /// <summary>The address for programs on this machine.</summary>
    public Uri LocalUrl => new(
        (IsSecure ? "https://" : "http://")
        + BindAddress.Tcp(plan.Bind.Host is "*" ? "127.0.0.1" : plan.Bind.Host, Port));
}
