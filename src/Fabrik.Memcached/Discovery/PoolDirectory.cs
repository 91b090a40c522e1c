using System.Collections.Immutable;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Discovery;

/// <summary>
/// Knows which servers the pools have whose servers are found, and asks again from time to time. Where nobody answers,
/// what was known stays.
/// </summary>
internal sealed class PoolDirectory(DiscoveryServices services) : IAsyncDisposable
{
    /// <summary>How long a question may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ServerFinder _finder = new(services.Resolver);
    private readonly SemaphoreSlim _telling = new(1);
    private ImmutableDictionary<string, Search> _searches = ImmutableDictionary<string, Search>.Empty;
    private ImmutableDictionary<string, Search> _before = ImmutableDictionary<string, Search>.Empty;
    private Task[] _ending = [];

    /// <summary>
    /// Takes the pools of a configuration: asks for those that it does not know yet, and goes on asking until it is
    /// given others. Where nobody answers, it goes on with what was found by the one before, or by the one before
    /// that: the one between may have been refused. One call at a time.
    /// </summary>
    public async Task ApplyAsync(MemcachedProxyOptions options, CancellationToken cancellationToken)
    {
        var wanted = options.Backends.OfType<PoolOptions>().Where(static pool => pool.Discovery is not null).ToArray();
        var searches = ImmutableDictionary.CreateBuilder<string, Search>(StringComparer.Ordinal);
        foreach (var pool in wanted)
        {
            searches[pool.Name] = _searches.TryGetValue(pool.Name, out var known) && known.IsFor(pool)
                ? known
                : new Search(pool, _finder, services, TellAsync, FoundFor(pool));
        }

        var begun = searches.Values.Except(_searches.Values).ToArray();
        var ended = _searches.Values.Except(searches.Values).ToArray();
        await Task.WhenAll(begun.Select(search => search.FindAsync(cancellationToken)));
        (_before, _searches) = (_searches, searches.ToImmutable());
        Array.ForEach(begun, static search => search.Begin());

        // Not awaited here: one of them may be telling of a change to whoever calls this.
        _ending = [.. _ending.Where(static task => !task.IsCompleted),
            .. ended.Select(static search => search.DisposeAsync().AsTask())];
    }

    /// <summary>The same configuration with the servers that are known by now.</summary>
    public MemcachedProxyOptions Resolve(MemcachedProxyOptions options) => options with
    {
        Backends = [.. options.Backends.Select(backend =>
            backend is PoolOptions pool && _searches.TryGetValue(pool.Name, out var search) && search.IsFor(pool)
                ? pool with { Servers = search.Servers }
                : backend)],
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_searches.Values.Select(static search => search.DisposeAsync().AsTask()));
        await Task.WhenAll(_ending);
        _searches = _searches.Clear();
        _telling.Dispose();
    }

    private IReadOnlyList<ServerOptions>? FoundFor(PoolOptions pool) =>
        _searches.GetValueOrDefault(pool.Name)?.FoundFor(pool) ?? _before.GetValueOrDefault(pool.Name)?.FoundFor(pool);

    private async Task TellAsync(string pool, CancellationToken cancellationToken)
    {
        await _telling.WaitAsync(cancellationToken);
        try
        {
            await services.Changed(pool, cancellationToken);
        }
        finally
        {
            _telling.Release();
        }
    }
}
