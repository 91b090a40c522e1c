using System.ComponentModel;
using System.Net.Sockets;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Servers;

/// <summary>
/// One server, as one loop sees it: a few connections that all its clients share, made when they are needed.
/// </summary>
internal sealed class ServerDestination : Destination
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(2);

    private readonly ServerConnection?[] _text;
    private readonly ServerConnection?[] _binary;
    private readonly List<ServerConnection> _draining = [];
    private readonly Action<ServerConnection, ServerFailure> _onClosed;
    private TimeSpan _retry = FirstRetry;
    private long _retryAt = long.MinValue;
    private bool _isClosed;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public ServerDestination(ServerLink link)
    {
        Link = link;
        _text = new ServerConnection?[link.Options.PerLoop];
        _binary = new ServerConnection?[link.Options.PerLoop];
        _onClosed = OnClosed;
    }

    /// <summary>What its connections have in common.</summary>
    public ServerLink Link { get; }

    /// <summary>What was seen of it.</summary>
    public ServerCounters Counters => Link.Counters;

    /// <summary>Requests whose answers are to come.</summary>
    public int Pending => CountPending(_text) + CountPending(_binary);

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Link.Counters.Requests++;
        if (!Link.Observer.IsUsable)
        {
            return Fail(ServerFailure.Down);
        }

        return SendAnywayAsync(request);
    }

    /// <summary>Sends a request although the server may be taken for dead: to see whether it is.</summary>
    public ValueTask<Reply> SendAnywayAsync(Request request)
    {
        var isBinary = request.Command.Protocol == MemcachedProtocol.Binary;
        var connections = isBinary ? _binary : _text;
        var place = connections.Length == 1 ? 0 : PlaceOf(request.RoutingKey, connections.Length);
        var connection = connections[place];
        if (connection is not { IsOpen: true })
        {
            connection = Connect(connections, place, isBinary);
        }

        return connection is null ? Fail(ServerFailure.Down) : connection.SendAsync(request);
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add($"server {Name}");

    /// <summary>Takes no more requests, and lets go of the connections when what is under way was answered.</summary>
    public void Drain()
    {
        _isClosed = true;
        foreach (var connection in Open())
        {
            connection.Drain();
        }
    }

    /// <summary>Lets go of the connections now; what is under way fails.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var connection in Open())
        {
            connection.Close(ServerFailure.Closed);
        }
    }

    private static int PlaceOf(ReadOnlySpan<byte> key, int count)
    {
        // What is asked of one key keeps its order: it always takes the same connection.
        uint hash = 2166136261;
        foreach (var letter in key)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)(hash % (uint)count);
    }

    private static int CountPending(ServerConnection?[] connections)
    {
        var count = 0;
        foreach (var connection in connections)
        {
            count += connection?.Pending ?? 0;
        }

        return count;
    }

    private List<ServerConnection> Open() =>
        [.. _text.OfType<ServerConnection>(), .. _binary.OfType<ServerConnection>(), .. _draining];

    private ServerConnection? Connect(ServerConnection?[] connections, int place, bool isBinary)
    {
        var isLeftAlone = Link.Loop.Now < _retryAt;
        if (_isClosed || isLeftAlone || Link.EndPoint() is not { } endPoint)
        {
            return null;
        }

        if (connections[place] is { IsClosed: false } drained)
        {
            _draining.Add(drained);
        }

        ServerConnection connection = isBinary
            ? new BinaryServerConnection(Link, _onClosed)
            : new TextServerConnection(Link, _onClosed);
        try
        {
            connection.Connect(endPoint);
        }
        catch (Win32Exception e)
        {
            // Where it is not the socket's own failure, the system watches no more of them.
            var error = e is SocketException { SocketErrorCode: var code } ? code : SocketError.TooManyOpenSockets;
            Log.ConnectFailed(Link.Log, Link.Name, error);
            NoteBroken(ServerFailure.Unreachable, hasAnswered: false);
            return null;
        }

        connections[place] = connection;
        return connection;
    }

    private void OnClosed(ServerConnection connection, ServerFailure failure)
    {
        Remove(_text, connection);
        Remove(_binary, connection);
        _draining.Remove(connection);
        if (!connection.IsDraining && !_isClosed)
        {
            NoteBroken(failure, connection.HasAnswered);
        }
    }

    private void NoteBroken(ServerFailure failure, bool hasAnswered)
    {
        Link.Counters.Breaks++;
        Link.Observer.Failed(failure);
        if (hasAnswered)
        {
            // It worked until now: it may have been restarted, so that it is tried again at once.
            _retry = FirstRetry;
            return;
        }

        _retryAt = Link.Loop.Now + Link.Loop.Ticks(_retry);
        _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
    }

    private static void Remove(ServerConnection?[] connections, ServerConnection connection)
    {
        var place = Array.IndexOf(connections, connection);
        if (place >= 0)
        {
            connections[place] = null;
        }
    }

    private ValueTask<Reply> Fail(ServerFailure failure)
    {
        Link.Counters.Failures++;
        return new ValueTask<Reply>(Link.Failures[failure]);
    }
}
