using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Discovery;

namespace Fabrik.MemcachedTests.Discovery;

/// <summary>DNS as a test has it.</summary>
internal sealed class ScriptedResolver : IDnsResolver
{
    private readonly ConcurrentDictionary<string, string[]> _addresses = new(StringComparer.Ordinal);
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public void Set(string name, params string[] addresses) => _addresses[name] = addresses;

    public void Remove(string name) => _addresses.TryRemove(name, out _);

    public Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return _addresses.TryGetValue(name, out var addresses)
            ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }
}
