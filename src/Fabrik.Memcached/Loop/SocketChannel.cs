using System.Net.Sockets;

namespace Fabrik.Memcached.Loop;

/// <summary>A socket's bytes as they are.</summary>
internal sealed class SocketChannel(Socket socket) : IChannel
{
    private readonly int _descriptor = OperatingSystem.IsLinux() ? (int)socket.Handle : -1;

    /// <inheritdoc/>
    public Socket Socket => socket;

    /// <inheritdoc/>
    public bool HasReceived => false;

    /// <inheritdoc/>
    public bool HasUnsent { get; private set; }

    /// <inheritdoc/>
    public int Receive(Memory<byte> room)
    {
        if (_descriptor >= 0)
        {
            return LinuxSocket.Receive(_descriptor, room.Span);
        }

        var count = socket.Receive(room.Span, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : Failed(error);
    }

    /// <inheritdoc/>
    public int Send(ReadOnlyMemory<byte> bytes)
    {
        var count = Send(bytes.Span);
        HasUnsent = count < bytes.Length;
        return count;
    }

    /// <inheritdoc/>
    public int Send(List<ArraySegment<byte>> pieces)
    {
        var length = 0;
        foreach (var piece in pieces)
        {
            length += piece.Count;
        }

        var count = socket.Send(pieces, SocketFlags.None, out var error);
        HasUnsent = count < length;
        return error == SocketError.Success ? count : Failed(error);
    }

    /// <inheritdoc/>
    public bool Push() => true;

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private int Send(ReadOnlySpan<byte> bytes)
    {
        if (_descriptor >= 0)
        {
            return LinuxSocket.Send(_descriptor, bytes);
        }

        var count = socket.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : Failed(error);
    }

    private static int Failed(SocketError error) =>
        error is SocketError.WouldBlock or SocketError.IOPending or SocketError.Interrupted
            or SocketError.NoBufferSpaceAvailable ? IChannel.Blocked : IChannel.Broken;
}
