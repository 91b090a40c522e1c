using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Transport;

/// <summary>
/// The system calls that .NET does not offer without copying or blocking (socket(7), sendfile(2)).
/// </summary>
internal static unsafe partial class LinuxSocket
{
    /// <summary>EAGAIN: the socket's buffer is full.</summary>
    public const int WouldBlock = 11;

    /// <summary>EINTR: a signal came first.</summary>
    public const int Interrupted = 4;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int MoreFlag = 0x8000;

    /// <summary>SIOCOUTQ: tcp(7), unix(7).</summary>
    private const nuint OutQueue = 0x5411;

    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;

    /// <summary>Sends up to two pieces of memory in one call.</summary>
    /// <returns>The bytes the kernel took, or minus the error number.</returns>
    public static long Send(SafeHandle socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool more)
    {
        fixed (byte* firstStart = first, secondStart = second)
        {
            var pieces = stackalloc IoVector[2];
            pieces[0] = new IoVector { Start = firstStart, Length = (nuint)first.Length };
            pieces[1] = new IoVector { Start = secondStart, Length = (nuint)second.Length };
            var message = new MessageHeader { Pieces = pieces, PieceCount = second.IsEmpty ? 1u : 2u };
            var sent = sendmsg(socket, &message, DontWait | NoSignal | (more ? MoreFlag : 0));
            return sent >= 0 ? sent : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Sends a part of a file; the socket must not block.</summary>
    /// <returns>The bytes the kernel took (0 at the file's end), or minus the error number.</returns>
    public static long SendFile(SafeHandle socket, SafeFileHandle file, long offset, long count)
    {
        var sent = sendfile(socket, file, ref offset, (nuint)count);
        return sent >= 0 ? sent : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Bytes that the kernel holds until the other side acknowledges them; 0 of a closed socket.</summary>
    public static int Unsent(SafeHandle socket)
    {
        if (socket.IsClosed)
        {
            return 0;
        }

        try
        {
            var count = 0;
            return ioctl(socket, OutQueue, &count) == 0 ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Makes sure that <see cref="SendFile"/>, which has no flag for it, does not block.</summary>
    public static void SetNonBlocking(SafeHandle socket)
    {
        var flags = fcntl(socket, GetFlags, 0);
        if (flags >= 0 && (flags & NonBlocking) == 0)
        {
            _ = fcntl(socket, SetFlags, flags | NonBlocking);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint sendfile(SafeHandle socket, SafeHandle file, ref long offset, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fcntl(SafeHandle file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ioctl(SafeHandle socket, nuint request, int* value);

    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
