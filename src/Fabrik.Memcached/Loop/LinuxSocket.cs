using System.Runtime.InteropServices;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// Moves a socket's bytes by the system's own calls (recv(2), send(2)): what is around them in <see
/// cref="System.Net.Sockets.Socket"/> costs a proxy a tenth of what it does itself.
/// </summary>
internal static unsafe partial class LinuxSocket
{
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int NoBuffers = 105;

    /// <summary>Receives; see <see cref="IChannel.Receive"/>.</summary>
    public static int Receive(int descriptor, Span<byte> room)
    {
        fixed (byte* bytes = room)
        {
            return Moved(Receive(descriptor, bytes, room.Length, 0));
        }
    }

    /// <summary>Sends; see <see cref="IChannel.Send(ReadOnlyMemory{byte})"/>.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> piece)
    {
        fixed (byte* bytes = piece)
        {
            return Moved(Send(descriptor, bytes, piece.Length, NoSignal));
        }
    }

    private static int Moved(nint count) => count >= 0
        ? (int)count
        : Marshal.GetLastPInvokeError() is TryAgain or Interrupted or NoBuffers ? IChannel.Blocked : IChannel.Broken;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, byte* bytes, nint length, int flags);
}
