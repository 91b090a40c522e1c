using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>Where a proxy listens. Listeners that stay as they are configured outlive a reload.</summary>
/// <param name="loop">Whose thread accepts clients.</param>
/// <param name="admission">Who takes them in.</param>
/// <param name="log">Where it is told where it listens.</param>
internal sealed class ProxyListeners(ProxyLoop loop, ClientAdmission admission, ILogger log)
{
    private List<ClientListener> _current = [];

    /// <summary>Where it listens, in the order of the configuration; from any thread.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. Volatile.Read(ref _current).Select(static l => l.EndPoint)];

    /// <summary>Binds what is configured and not there yet; nobody is accepted there.</summary>
    /// <returns>To be given to <see cref="TakeAsync"/>, or to <see cref="Discard"/>.</returns>
    /// <exception cref="ListenException">An address cannot be bound; nothing has changed.</exception>
    public ListenerChange Bind(IReadOnlyList<ListenerOptions> wanted)
    {
        var kept = new List<ClientListener>();
        var added = new List<ClientListener>();
        try
        {
            foreach (var options in wanted)
            {
                var listener = _current.Find(l => l.Options == options);
                if (listener is null)
                {
                    listener = Listen(options);
                    added.Add(listener);
                }

                kept.Add(listener);
            }
        }
        catch
        {
            added.ForEach(static l => l.Close());
            throw;
        }

        return new ListenerChange(kept, added, [.. _current.Except(kept)]);
    }

    /// <summary>Lets go of what was bound; the listeners until now go on.</summary>
    public static void Discard(ListenerChange change) => change.Added.ForEach(static l => l.Close());

    /// <summary>Listens there from now on, and nowhere else.</summary>
    /// <param name="change">What was bound.</param>
    /// <param name="maxClients">Clients at a time from now on; those that are connected stay.</param>
    public async Task TakeAsync(ListenerChange change, int maxClients)
    {
        admission.MaxClients = maxClients;
        await loop.RunAsync(_ =>
        {
            change.Removed.ForEach(static l => l.Close());
            change.Added.ForEach(static l => l.Start());
        });
        change.Added.ForEach(l => Log.Listening(log, l.EndPoint));
        Volatile.Write(ref _current, change.All);
    }

    /// <summary>Accepts no more clients.</summary>
    public async Task StopAsync()
    {
        var listeners = _current;
        await loop.RunAsync(_ => listeners.ForEach(static l => l.Close()));
        Volatile.Write(ref _current, []);
    }

    private ClientListener Listen(ListenerOptions options)
    {
        try
        {
            return new ClientListener(options, loop.Loop, admission);
        }
        catch (SocketException e)
        {
            throw new ListenException(options, e);
        }
    }
}

/// <summary>Other listeners than until now.</summary>
/// <param name="All">Those of the configuration, in its order.</param>
/// <param name="Added">Those of them that were not there before.</param>
/// <param name="Removed">Those that go.</param>
internal sealed record ListenerChange(
    List<ClientListener> All, List<ClientListener> Added, List<ClientListener> Removed);
