using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Clients;

/// <summary>Accepts clients at an address and spreads them over the loops. It belongs to one of them.</summary>
internal sealed class ClientListener : IPollTarget
{
    private const int Backlog = 1024;
    private const int MaxAcceptedInTurn = 64;
    private static readonly TimeSpan RestAfterError = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly ClientAdmission _admission;
    private readonly LoopTimer _rest;
    private int _handle = -1;
    private bool _isClosed;

    /// <summary>Binds the address.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public ClientListener(ListenerOptions options, EventLoop loop, ClientAdmission admission)
    {
        Options = options;
        Loop = loop;
        _admission = admission;
        _rest = new LoopTimer(loop, Resume);
        _socket = Bind(options.EndPoint);
        EndPoint = _socket.LocalEndPoint!;
    }

    /// <summary>What it was made of.</summary>
    public ListenerOptions Options { get; }

    /// <summary>Where it listens; with the port that the system chose.</summary>
    public EndPoint EndPoint { get; }

    private EventLoop Loop { get; }

    /// <summary>Begins to accept. On the loop's thread.</summary>
    public void Start() => _handle = Loop.Poller.Add(_socket, this, PollInterest.Read);

    /// <summary>Ends it; clients stay. On the loop's thread.</summary>
    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Loop.Poller.Remove(_handle);
            _socket.Dispose();
            if (Options.EndPoint is UnixDomainSocketEndPoint unix)
            {
                File.Delete(unix.ToString());
            }
        }
    }

    /// <inheritdoc/>
    public void OnReady(PollInterest ready)
    {
        for (var i = 0; i < MaxAcceptedInTurn && (i == 0 || _socket.Poll(0, SelectMode.SelectRead)); i++)
        {
            try
            {
                _admission.Admit(_socket.Accept(), Options);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                return;
            }
            catch (SocketException e)
            {
                // Without a descriptor left the same client would be told of again and again.
                Log.AcceptFailed(_admission.Log, Options.Name, e.SocketErrorCode.ToString());
                Loop.Poller.Change(_handle, PollInterest.None);
                _rest.Set(RestAfterError);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception exception) => Log.ClientFailed(_admission.Log, exception);

    private static Socket Bind(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(
            endPoint.AddressFamily,
            SocketType.Stream,
            isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        { Blocking = false };
        try
        {
            if (isUnix && IsLeftOver(endPoint))
            {
                File.Delete(endPoint.ToString()!);
            }

            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsLeftOver(EndPoint endPoint)
    {
        if (!File.Exists(endPoint.ToString()))
        {
            return false;
        }

        // Somebody who listens may be too busy to accept: that is not waited for.
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            Blocking = false,
        };
        try
        {
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private void Resume()
    {
        if (!_isClosed)
        {
            Loop.Poller.Change(_handle, PollInterest.Read);
        }
    }
}
