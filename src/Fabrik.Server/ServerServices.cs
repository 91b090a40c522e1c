using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Auth;
using Microsoft.Extensions.Logging;

namespace Fabrik.Server;

/// <summary>What every adapter works with; the executable composes it once for a listener.</summary>
public sealed record ServerServices
{
    /// <summary>Where artifacts come from and go to.</summary>
    public required ICacheTier Cache { get; init; }

    /// <summary>The cache as the tenant of a principal sees it.</summary>
    internal ICacheTier CacheOf(CachePrincipal principal) => Cache.For(principal.Tenant);

    /// <summary>Who may come in on this listener.</summary>
    public required IRequestAuthenticator Authenticator { get; init; }

    /// <summary>Limits and enabled adapters.</summary>
    public required ServerOptions Options { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes the adapters' loggers.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>What is counted and measured; shared by all listeners.</summary>
    public required ServerMetrics Metrics { get; init; }

    /// <summary>How many requests are served at a time; shared by all listeners.</summary>
    public required RequestGate Gate { get; init; }

    /// <summary>This product's version, where a protocol tells it; empty for none.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the store on this machine holds, where a protocol tells it; none without one.</summary>
    public Func<StoreStatistics>? Statistics { get; init; }

    /// <summary>Where questions for results of actions are written down; shared by all listeners, or none.</summary>
    public ActionJournal? Actions { get; init; }

    /// <summary>Cancelled when the server begins to end: nobody is waited for who has had an answer.</summary>
    public CancellationToken Draining { get; init; }
}
