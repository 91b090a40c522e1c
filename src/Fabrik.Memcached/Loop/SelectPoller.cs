using System.Net;
using System.Net.Sockets;

namespace Fabrik.Memcached.Loop;

/// <summary>Waits in <c>Socket.Select</c>: slower, and everywhere.</summary>
internal sealed class SelectPoller : IPoller
{
    private static readonly byte[] Signal = [1];

    private readonly PollTable<Registration> _table = new();
    private readonly Dictionary<Socket, Registration> _registrations = [];
    private readonly List<Socket> _reading = [];
    private readonly List<Socket> _writing = [];
    private readonly List<Socket> _broken = [];
    private readonly Dictionary<int, PollInterest> _ready = [];
    private readonly Socket _wake = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public SelectPoller()
    {
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Connect(_wake.LocalEndPoint!);
        _wake.Blocking = false;
    }

    /// <inheritdoc/>
    public int Add(Socket socket, IPollTarget target, PollInterest interest)
    {
        var registration = new Registration(target, socket) { Interest = interest };
        registration.Handle = _table.Add(registration);
        _registrations.Add(socket, registration);
        return registration.Handle;
    }

    /// <inheritdoc/>
    public void Change(int handle, PollInterest interest)
    {
        if (_table.Find(handle) is { } registration)
        {
            registration.Interest = interest;
        }
    }

    /// <inheritdoc/>
    public void Remove(int handle)
    {
        if (_table.Find(handle) is { } registration)
        {
            _registrations.Remove(registration.Socket);
            _table.Remove(handle);
        }
    }

    /// <inheritdoc/>
    public bool Wait(int milliseconds)
    {
        Fill();
        Socket.Select(
            _reading,
            _writing,
            _broken,
            milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds));
        _ready.Clear();
        Note(_reading, PollInterest.Read);
        Note(_writing, PollInterest.Write);
        Note(_broken, PollInterest.Read | PollInterest.Write);
        return _reading.Count + _writing.Count + _broken.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispatch()
    {
        foreach (var (handle, ready) in _ready)
        {
            if (_table.Find(handle) is { } registration)
            {
                PollDispatch.Tell(registration.Target, ready);
            }
        }

        _ready.Clear();
    }

    /// <inheritdoc/>
    public void Wake() => _ = _wake.Send(Signal, SocketFlags.None, out _);

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private void Fill()
    {
        _reading.Clear();
        _writing.Clear();
        _broken.Clear();
        _reading.Add(_wake);
        foreach (var (socket, registration) in _registrations)
        {
            _broken.Add(socket);
            if (registration.Interest.HasFlag(PollInterest.Read))
            {
                _reading.Add(socket);
            }

            if (registration.Interest.HasFlag(PollInterest.Write))
            {
                _writing.Add(socket);
            }
        }
    }

    private void Note(List<Socket> sockets, PollInterest interest)
    {
        Span<byte> signals = stackalloc byte[16];
        foreach (var socket in sockets)
        {
            if (socket == _wake)
            {
                _ = _wake.Receive(signals, SocketFlags.None, out _);
            }
            else if (_registrations.TryGetValue(socket, out var registration))
            {
                _ready[registration.Handle] = _ready.GetValueOrDefault(registration.Handle) | interest;
            }
        }
    }

    private sealed class Registration(IPollTarget target, Socket socket)
    {
        public IPollTarget Target => target;

        public Socket Socket => socket;

        public int Handle { get; set; }

        public PollInterest Interest { get; set; }
    }
}
