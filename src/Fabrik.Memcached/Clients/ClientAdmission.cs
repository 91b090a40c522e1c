using System.ComponentModel;
using System.Net.Security;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Clients;

/// <summary>Takes clients in, up to a number, and gives each to the next loop.</summary>
internal sealed class ClientAdmission(IReadOnlyList<ClientScope> scopes, ILogger log)
{
    private int _next;
    private int _clients;
    private long _rejected;

    /// <summary>Where it is told what goes wrong.</summary>
    public ILogger Log => log;

    /// <summary>Clients that are connected.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Clients that were turned away.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Clients at a time.</summary>
    public required int MaxClients { get; set; }

    /// <summary>Takes a client in, or turns it away. On the thread of the loop that listens.</summary>
    public void Admit(Socket socket, ListenerOptions listener)
    {
        if (Interlocked.Increment(ref _clients) > MaxClients)
        {
            TurnAway(socket);
            return;
        }

        _next = (_next + 1) % scopes.Count;
        var client = new Admitted(this, scopes[_next], socket, listener)
        {
            Certificate = listener.Certificate?.Invoke(),
        };
        scopes[_next].Loop.Post(static client => ((Admitted)client!).Start(), client);
    }

    private void TurnAway(Socket socket)
    {
        Interlocked.Decrement(ref _clients);
        if (_rejected++ == 0)
        {
            Memcached.Clients.Log.TooManyClients(log, MaxClients);
        }

        socket.Blocking = false;
        _ = socket.Send(ProxyReplies.TooManyClients, SocketFlags.None, out _);
        socket.Dispose();
    }

    private void Leave() => Interlocked.Decrement(ref _clients);

    private sealed class Admitted(
        ClientAdmission admission, ClientScope scope, Socket socket, ListenerOptions listener)
    {
        public SslStreamCertificateContext? Certificate { get; init; }

        public void Start()
        {
            try
            {
                socket.Blocking = false;
                if (socket.AddressFamily != AddressFamily.Unix)
                {
                    socket.NoDelay = true;
                }

                Serve();
            }
            catch (SocketException)
            {
                // It has left already.
                End();
            }
            catch (Win32Exception e)
            {
                Memcached.Clients.Log.AcceptFailed(admission.Log, listener.Name, e.Message);
                End();
            }
        }

        private void Serve()
        {
            var login = listener.Credentials is { } credentials ? new ClientLogin(credentials) : null;
            new ClientConnection(scope, login, admission.Leave).Start(
                Certificate is null
                    ? new SocketChannel(socket)
                    : TlsChannel.OfServer(socket, scope.Loop.Blocks, Certificate));
        }

        private void End()
        {
            socket.Dispose();
            admission.Leave();
        }
    }
}
