using System.Runtime.InteropServices;

namespace Fabrik.MemcachedBench;

/// <summary>Calls of the system whose price is not to be that of the measurement.</summary>
internal static unsafe partial class Native
{
    /// <summary><c>EAGAIN</c>.</summary>
    public const int WouldBlock = 11;

    /// <summary><c>MSG_NOSIGNAL</c>.</summary>
    public const int NoSignal = 0x4000;

    private const string Library = "libc";
    private const int SetTimerSlack = 29;

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* room, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int Wait(int epoll, byte* events, int capacity, TimeSpec* time, void* signals);

    /// <summary>Has this thread woken when it asked to be, and not when it suits (<c>prctl(2)</c>).</summary>
    public static void WakeOnTime() => _ = Control(SetTimerSlack, 1, 0, 0, 0);

    [LibraryImport(Library, EntryPoint = "prctl")]
    private static partial int Control(int option, nint value, nint unused3, nint unused4, nint unused5);

    /// <summary>A time to wait for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
