using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Fabrik.Memcached.Buffers;

// What is taken from tasks here is there already: nothing waits.
#pragma warning disable VSTHRD002, CA2012

namespace Fabrik.Memcached.Loop;

/// <summary>
/// A socket's bytes encrypted. <see cref="SslStream"/> works over memory, so that it never waits for anything but what
/// the loop brings it.
/// </summary>
internal sealed class TlsChannel : IChannel
{
    private readonly SocketChannel _inner;
    private readonly TlsPipe _pipe;
    private readonly SslStream _tls;
    private readonly Task _handshake;
    private ValueTask<int> _waiting;
    private bool _isWaiting;
    private bool _isOpen;
    private bool _hasOpened;

    private TlsChannel(Socket socket, BlockPool pool, Func<SslStream, Task> shakeHands)
    {
        _inner = new SocketChannel(socket);
        _pipe = new TlsPipe(pool);
        _tls = new SslStream(_pipe, leaveInnerStreamOpen: false);
        _handshake = shakeHands(_tls);
    }

    /// <inheritdoc/>
    public Socket Socket => _inner.Socket;

    /// <inheritdoc/>
    public bool HasReceived { get; private set; }

    /// <inheritdoc/>
    public bool HasUnsent => !_pipe.Unsent.IsEmpty || _hasOpened;

    /// <summary>The side that was connected to.</summary>
    public static TlsChannel OfServer(Socket socket, BlockPool pool, SslStreamCertificateContext certificate) =>
        new(socket, pool, tls => tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = certificate }));

    /// <summary>The side that connects.</summary>
    public static TlsChannel OfClient(Socket socket, BlockPool pool, SslClientAuthenticationOptions options) =>
        new(socket, pool, tls => tls.AuthenticateAsClientAsync(options));

    /// <inheritdoc/>
    public int Receive(Memory<byte> room)
    {
        HasReceived = false;
        try
        {
            var count = Pull();
            if (!PushPipe())
            {
                return IChannel.Broken;
            }

            if (count == IChannel.Broken || !IsOpen())
            {
                return count is IChannel.Broken or 0 ? IChannel.Broken : IChannel.Blocked;
            }

            if (!IsReadable())
            {
                return IChannel.Blocked;
            }

            var read = _tls.ReadAsync(room);
            if (!read.IsCompleted)
            {
                // There was something to read: it cannot be that there is nothing now.
                return IChannel.Broken;
            }

            var received = read.GetAwaiter().GetResult();
            HasReceived = received > 0;
            return received;
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            return IChannel.Broken;
        }
    }

    /// <inheritdoc/>
    public int Send(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!IsOpen() || !_pipe.Unsent.IsEmpty)
            {
                return IChannel.Blocked;
            }

            var writing = _tls.WriteAsync(bytes);
            if (!writing.IsCompleted)
            {
                return IChannel.Broken;
            }

            writing.GetAwaiter().GetResult();
            return PushPipe() ? bytes.Length : IChannel.Broken;
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            return IChannel.Broken;
        }
    }

    /// <inheritdoc/>
    public int Send(List<ArraySegment<byte>> pieces)
    {
        var sum = 0;
        foreach (var piece in pieces)
        {
            var sent = Send((ReadOnlyMemory<byte>)piece);
            if (sent < 0)
            {
                return sent == IChannel.Broken || sum == 0 ? sent : sum;
            }

            sum += sent;
        }

        return sum;
    }

    /// <inheritdoc/>
    public bool Push()
    {
        // Whoever waited for the handshake sends now.
        _hasOpened = false;
        return PushPipe();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tls.Dispose();
        _inner.Dispose();
    }

    private static bool IsOfPeer(Exception e) =>
        e is AuthenticationException or IOException or ObjectDisposedException or InvalidOperationException;

    private bool PushPipe()
    {
        while (!_pipe.Unsent.IsEmpty)
        {
            var sent = _inner.Send(_pipe.Unsent.First);
            if (sent <= 0)
            {
                return sent != IChannel.Broken;
            }

            _pipe.Unsent.Consume(sent);
        }

        return true;
    }

    private int Pull()
    {
        var count = IChannel.Blocked;
        if (_pipe.IsEmpty && !_pipe.IsEnded)
        {
            count = _inner.Receive(_pipe.Room());
            _pipe.Take(Math.Max(0, count));
            _pipe.IsEnded = count == 0;
        }

        _pipe.Resume();
        return count;
    }

    private bool IsOpen()
    {
        if (!_isOpen && _handshake.IsCompleted)
        {
            _handshake.GetAwaiter().GetResult();
            _isOpen = true;
            _hasOpened = true;
        }

        return _isOpen;
    }

    private bool IsReadable()
    {
        // Reading no bytes ends when there are some, and holds no memory until then.
        if (!_isWaiting)
        {
            _waiting = _tls.ReadAsync(Memory<byte>.Empty);
            _isWaiting = true;
        }

        if (!_waiting.IsCompleted)
        {
            return false;
        }

        _isWaiting = false;
        _waiting.GetAwaiter().GetResult();
        return true;
    }
}
