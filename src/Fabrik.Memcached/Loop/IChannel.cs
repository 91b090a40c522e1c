using System.Net.Sockets;

namespace Fabrik.Memcached.Loop;

/// <summary>The bytes of a connection, as they are or encrypted. Nothing waits, and nothing throws.</summary>
internal interface IChannel : IDisposable
{
    /// <summary>
    /// What <see cref="Receive"/> and <see cref="Send(ReadOnlyMemory{byte})"/> return when nothing can be moved.
    /// </summary>
    const int Blocked = -1;

    /// <summary>What they return when the connection is broken.</summary>
    const int Broken = -2;

    /// <summary>The socket that is polled.</summary>
    Socket Socket { get; }

    /// <summary>Whether more can be received without the socket being ready.</summary>
    bool HasReceived { get; }

    /// <summary>Whether it goes on sending when the socket has room again.</summary>
    bool HasUnsent { get; }

    /// <summary>Receives.</summary>
    /// <returns>The number of bytes; 0 at the end; or one of the constants.</returns>
    int Receive(Memory<byte> room);

    /// <summary>Sends.</summary>
    /// <returns>The number of bytes, which may be fewer than there are; or one of the constants.</returns>
    int Send(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends several pieces, one behind the other.</summary>
    /// <returns>The number of bytes, which may be fewer than there are; or one of the constants.</returns>
    int Send(List<ArraySegment<byte>> pieces);

    /// <summary>Sends what the channel itself has.</summary>
    /// <returns>False when the connection is broken.</returns>
    bool Push();
}
