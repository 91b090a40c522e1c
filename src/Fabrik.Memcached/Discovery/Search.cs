using System.Net.Sockets;
using System.Security.Authentication;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Discovery;

/// <summary>The search for the servers of one pool.</summary>
/// <param name="pool">The pool.</param>
/// <param name="finder">Who asks.</param>
/// <param name="services">What it works with.</param>
/// <param name="changed">Is told that the servers are others.</param>
/// <param name="known">What was found for the pool before; null for nothing.</param>
internal sealed class Search(
    PoolOptions pool,
    ServerFinder finder,
    DiscoveryServices services,
    Func<string, CancellationToken, Task> changed,
    IReadOnlyList<ServerOptions>? known)
    : IAsyncDisposable
{
    private IReadOnlyList<ServerOptions>? _found = known;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _hasFailed;
    private bool _isToTell;

    /// <summary>The servers that are known.</summary>
    public IReadOnlyList<ServerOptions> Servers => Volatile.Read(ref _found) ?? pool.Servers;

    /// <summary>Whether it searches what a pool wants.</summary>
    public bool IsFor(PoolOptions other) =>
        pool.Name == other.Name
        && pool.Discovery == other.Discovery
        && pool.Connections == other.Connections
        && pool.Servers.SequenceEqual(other.Servers);

    /// <summary>What was found for a pool that asks the same; null if nothing was.</summary>
    public IReadOnlyList<ServerOptions>? FoundFor(PoolOptions other) =>
        pool.Name == other.Name && pool.Discovery == other.Discovery ? Volatile.Read(ref _found) : null;

    /// <summary>Asks from time to time, until it is disposed of.</summary>
    public void Begin() => _running = Task.Run(RunAsync);

    /// <summary>Asks once.</summary>
    /// <returns>Whether the servers are others now.</returns>
    public async Task<bool> FindAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(PoolDirectory.Timeout, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var found = await finder.FindAsync(pool.Discovery!, pool.Connections, either.Token);
            var hasChanged = !found.SequenceEqual(Servers);
            if (hasChanged || _hasFailed)
            {
                Log.Found(services.Log, pool.Name, found.Count, string.Join(", ", found));
            }

            _hasFailed = false;
            Volatile.Write(ref _found, found);
            return hasChanged;
        }
        catch (Exception e) when (IsExpected(e, cancellationToken))
        {
            // Once for each time that it begins to fail: it may go on for days.
            if (!_hasFailed)
            {
                Log.Failed(services.Log, pool.Name, pool.Discovery!.Name, Servers.Count, e.Message);
            }

            _hasFailed = true;
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static bool IsExpected(Exception e, CancellationToken cancellationToken) =>
        e is SocketException or IOException or InvalidDataException or AuthenticationException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pool.Discovery!.Interval, services.Time, _stop.Token);
                await FindAndTellAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Its end.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.NotTaken(services.Log, pool.Name, e);
            }
        }
    }

    // What could not be taken, as a file cannot be read just then, is told again the next time.
    private async Task FindAndTellAsync()
    {
        _isToTell |= await FindAsync(_stop.Token);
        if (_isToTell)
        {
            await changed(pool.Name, _stop.Token);
            _isToTell = false;
        }
    }
}
