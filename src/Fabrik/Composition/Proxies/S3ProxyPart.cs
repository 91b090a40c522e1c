using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Proxies.Admin;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Site;
using Fabrik.Proxies.Telemetry;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Upstreams.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Fabrik.Composition.Proxies;

/// <summary>
/// The S3 proxy of a process: keys, store, limits and the door, in this order; it ends in the reverse.
/// </summary>
internal sealed class S3ProxyPart : IAsyncDisposable
{
    private readonly BucketAccess _access;
    private readonly LimitTable _limits;
    private readonly ChainCredentials _chain;
    private readonly CredentialTable _credentials;
    private readonly ProxyMetrics _metrics = new();
    private LocalStore? _own;
    private LocalStore? _store;
    private FrontDoor? _door;
    private AdminRoutes? _admin;

    private S3ProxyPart(ProcessOptions options)
    {
        ILogger logger = options.Logs.CreateLogger<S3ProxyPart>();
        _access = new BucketAccess(new AuthServices(options.Time, options.Logs));
        _limits = new LimitTable(options.Time);
        _chain = new ChainCredentials(options.Time, reason => S3ProxyLog.NoCredentials(logger, reason));
        _credentials = new CredentialTable(_chain.GetAsync);
    }

    /// <summary>Why a bucket cannot be had now; null where all can.</summary>
    public string? NotReady => _access.NotReady;

    /// <summary>Why answers are not kept now; null where they are.</summary>
    public string? Degraded => _store?.Statistics is { WriteState: not WriteState.Ok } broken
        ? $"the cache of the S3 proxy takes no writes: {broken.WriteStateReason}"
        : null;

    /// <summary>What its listener calls for every request.</summary>
    public RequestDelegate Handler => _door!.Handler;

    /// <summary>Maps what operators may ask of it.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="operators">Decides who may ask.</param>
    /// <param name="generation">Gives the number of the configuration that holds.</param>
    public void MapAdmin(IEndpointRouteBuilder routes, IRequestAuthenticator operators, Func<long> generation)
    {
        _admin ??= new AdminRoutes(_door!, _store!, operators) { Generation = generation };
        _admin.Map(routes);
    }

    /// <summary>Starts it.</summary>
    /// <param name="options">What the process is composed of.</param>
    /// <param name="store">The store; null where it opens one of its own.</param>
    /// <param name="problems">Takes down why it cannot.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<S3ProxyPart?> StartAsync(
        ProcessOptions options, LocalStore? store, List<string> problems, CancellationToken cancellationToken)
    {
        S3ProxyPart part = new(options);
        problems.AddRange(await part._access.ConfigureAsync(options.Settings, cancellationToken));
        if (problems.Count == 0 && await part.OpenAsync(options, store, problems, cancellationToken))
        {
            return part;
        }

        await part.DisposeAsync();
        return null;
    }

    /// <summary>Looks at other settings, and changes nothing.</summary>
    /// <returns>What is wrong with them.</returns>
    public ValueTask<IReadOnlyList<string>> CheckAsync(EffectiveSettings settings, CancellationToken ct) =>
        _access.CheckAsync(settings, ct);

    /// <summary>Takes other settings.</summary>
    /// <returns>What is wrong: what went away since they were looked at.</returns>
    public async ValueTask<IReadOnlyList<string>> ReconfigureAsync(EffectiveSettings settings, CancellationToken ct)
    {
        IReadOnlyList<string> problems = await _access.ConfigureAsync(settings, ct);
        if (problems.Count > 0)
        {
            return problems;
        }

        _store!.Reconfigure(ProxyStore.OptionsOf(settings));
        _door!.Reload(Front(settings));
        await _access.TrimAsync(settings);
        return [];
    }

    /// <summary>Waits until what was kept by now is in the store.</summary>
    public Task FlushAsync() => _door!.FlushAsync();

    /// <summary>Reads all keys again in the background.</summary>
    public void ReloadKeys() => _access.ReloadKeys();

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        if (_door is not null)
        {
            await _door.DisposeAsync();
        }

        _metrics.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }

        await _chain.DisposeAsync();
        await _access.DisposeAsync();
    }

    private async Task<bool> OpenAsync(
        ProcessOptions options, LocalStore? store, List<string> problems, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            CacheResult<LocalStore> opened = await LocalStore.OpenAsync(
                ProxyStore.OptionsOf(options.Settings), options.Time, options.Logs, cancellationToken);
            if (!opened.TryGet(out _own, out CacheError? error))
            {
                problems.Add($"{S3ProxySettings.Directory.Key}: {error.Message}");
                return false;
            }
        }

        _store = store ?? _own!;
        ProxyServices services = new()
        {
            Store = _store,
            Time = options.Time,
            Logs = options.Logs,
            Metrics = _metrics,
            SliceSize = (int)options.Settings.Get(S3ProxySettings.SliceSize).Bytes,
            SliceMemory = options.Settings.Get(S3ProxySettings.FillBudget).Bytes,
        };
        _door = new FrontDoor(services, Front(options.Settings));
        return true;
    }

    private FrontOptions Front(EffectiveSettings settings) =>
        new FrontSettings(_access, _limits, _credentials).Of(settings);
}
