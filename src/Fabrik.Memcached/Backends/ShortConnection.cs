using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>
/// A connection to a server that is not of a loop, for a question or two: whether it is there, who else is, which
/// keys it has. One answer at a time.
/// </summary>
internal sealed class ShortConnection : IDisposable
{
    private const int FirstRoom = 4096;

    /// <summary>The largest answer that it takes; one of many lines or items may be longer as a whole.</summary>
    private const int MaxRoom = 256 * 1024;

    private static readonly ReaderLimits Limits = new() { MaxValueLength = MaxRoom / 2 };

    private readonly Stream _stream;
    private readonly MemcachedProtocol _protocol;
    private byte[] _room = new byte[FirstRoom];
    private int _begin;
    private int _end;
    private int _current;
    private int _messageEnd;

    private ShortConnection(Stream stream, MemcachedProtocol protocol) => (_stream, _protocol) = (stream, protocol);

    /// <summary>What was read last, until more is read.</summary>
    public ReadOnlySpan<byte> Message => _room.AsSpan(_current.._messageEnd);

    /// <summary>Connects, encrypts and logs in as it is configured.</summary>
    /// <exception cref="SocketException">There is nobody.</exception>
    /// <exception cref="AuthenticationException">The certificate or the credentials are not right.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="InvalidDataException">What came is no answer.</exception>
    public static async Task<ShortConnection> OpenAsync(
        ServerOptions server,
        ConnectionOptions connections,
        MemcachedProtocol protocol,
        CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(await ConnectAsync(server, cancellationToken), ownsSocket: true);
        Stream? secured = null;
        try
        {
            secured = connections.Tls ? await EncryptAsync(stream, server, connections, cancellationToken) : null;
            var connection = new ShortConnection(secured ?? stream, protocol);
            if (connections.Credentials is { } credentials)
            {
                await connection.LogInAsync(credentials, cancellationToken);
            }

            return connection;
        }
        catch
        {
            if (secured is not null)
            {
                await secured.DisposeAsync();
            }

            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a question.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        _stream.WriteAsync(message, cancellationToken);

    /// <summary>Reads an answer, or the next item of one.</summary>
    /// <param name="verb">What was asked.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">What came is no answer to that, or too large.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async ValueTask<ServerReply> ReadAsync(Verb verb, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = ReplyReader.TryRead(_room.AsSpan(_begin.._end), verb, _protocol, Limits, out var reply);
            if (status == ReadStatus.Fault)
            {
                throw new InvalidDataException("The server sent what is no answer to what it was asked.");
            }

            if (status == ReadStatus.Read)
            {
                _current = _begin;
                _begin += reply.Length;
                _messageEnd = _begin;
                return reply;
            }

            await ReceiveAsync(cancellationToken);
        }
    }

    /// <summary>Takes a line that was received already; <see cref="Message"/> is the line without its end.</summary>
    public bool TryReadLine()
    {
        var end = _room.AsSpan(_begin.._end).IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        (_current, _begin) = (_begin, _begin + end + 1);
        _messageEnd = end > 0 && _room[_begin - 2] == (byte)'\r' ? _begin - 2 : _begin - 1;
        return true;
    }

    /// <summary>Reads a line; <see cref="Message"/> is the line without its end.</summary>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async ValueTask ReadLineAsync(CancellationToken cancellationToken)
    {
        while (!TryReadLine())
        {
            await ReceiveAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static async Task<Socket> ConnectAsync(ServerOptions server, CancellationToken cancellationToken)
    {
        var endPoint = ServerAddress.Known(server) ?? new DnsEndPoint(server.Host, server.Port);
        var socket = endPoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp),
            _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<SslStream> EncryptAsync(
        NetworkStream stream,
        ServerOptions server,
        ConnectionOptions connections,
        CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream);
        try
        {
            await secured.AuthenticateAsClientAsync(ServerTls.Of(server, connections), cancellationToken);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    private async Task LogInAsync(MemcachedCredentials credentials, CancellationToken cancellationToken)
    {
        var user = Encoding.UTF8.GetBytes(credentials.User);
        var password = Encoding.UTF8.GetBytes(credentials.Password);
        var isBinary = _protocol == MemcachedProtocol.Binary;
        byte[] message;
        if (isBinary)
        {
            message = new byte[BinaryHeader.Size + 16 + user.Length + password.Length];
            var length = BinaryCommandWriter.SaslPlain(message, user, password, opaque: 0);
            message = message[..length];
        }
        else
        {
            var head = Encoding.ASCII.GetBytes($"set auth 0 0 {user.Length + 1 + password.Length}\r\n");
            message = [.. head, .. user, (byte)' ', .. password, (byte)'\r', (byte)'\n'];
        }

        await SendAsync(message, cancellationToken);
        var reply = await ReadAsync(isBinary ? Verb.SaslAuth : Verb.Set, cancellationToken);
        if (reply.Kind != ReplyKind.Done || reply.Status != BinaryStatus.Success)
        {
            throw new AuthenticationException("The server does not take the credentials.");
        }
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_begin > 0)
        {
            _room.AsSpan(_begin.._end).CopyTo(_room);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end == _room.Length)
        {
            if (_room.Length >= MaxRoom)
            {
                throw new InvalidDataException($"The server sent an answer of more than {MaxRoom} bytes.");
            }

            Array.Resize(ref _room, _room.Length * 2);
        }

        var count = await _stream.ReadAsync(_room.AsMemory(_end), cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("The server ended the connection.");
        }

        _end += count;
    }
}
