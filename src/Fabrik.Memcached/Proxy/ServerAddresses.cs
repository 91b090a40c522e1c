using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Discovery;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What names of servers mean by DNS. They are asked for again from time to time, so that a connection that is made
/// anew goes where the name points by then. Of several addresses one is kept for as long as it is among them: a name
/// whose addresses come in another order each time is still one server.
/// </summary>
internal sealed class ServerAddresses(TimeProvider time, IDnsResolver resolver) : IAsyncDisposable
{
    /// <summary>How often names are asked for again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, IPAddress?> _found = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _end = new();
    private Task _refreshing = Task.CompletedTask;

    /// <summary>The address of a name; null when it is not known.</summary>
    public IPAddress? Find(string name) => _found.GetValueOrDefault(name);

    /// <summary>
    /// Asks for the names of all servers that are not known yet; one that is not found stays unknown for now.
    /// </summary>
    public async Task AddAsync(MemcachedProxyOptions options, CancellationToken cancellationToken)
    {
        var names = options.Backends.OfType<PoolOptions>()
            .SelectMany(static pool => pool.Servers)
            .Where(static server => server is { EndPoint: null, Port: not 0 }
                && !IPAddress.TryParse(server.Host, out _))
            .Select(static server => server.Host)
            .Where(name => !_found.ContainsKey(name))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
        await Task.WhenAll(names.Select(name => AskAsync(name, cancellationToken)));
        if (!_found.IsEmpty && _refreshing.IsCompleted)
        {
            _refreshing = RefreshAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _refreshing;
        _end.Dispose();
    }

    private async Task RefreshAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, _end.Token);
                foreach (var name in _found.Keys)
                {
                    await AskAsync(name, _end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The proxy has ended.
        }
    }

    private async Task AskAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await resolver.ResolveAsync(name, cancellationToken);
            if (addresses.Length > 0 && (Find(name) is not { } known || !addresses.Contains(known)))
            {
                _found[name] = addresses[0];
            }
        }
        catch (SocketException)
        {
            // What was known stays: a name server that is away for a while takes no memcached away.
            _found.TryAdd(name, null);
        }
    }
}
