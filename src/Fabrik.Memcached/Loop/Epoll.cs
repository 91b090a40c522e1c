using System.Runtime.InteropServices;

namespace Fabrik.Memcached.Loop;

/// <summary>What Linux has for waiting on many sockets (epoll(7), eventfd(2)).</summary>
internal static partial class Epoll
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;

    public const int Add = 1;
    public const int Delete = 2;
    public const int Modify = 3;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    private const string Library = "libc";

    /// <summary>Bytes of <c>struct epoll_event</c>, which is packed on x86 only.</summary>
    public static readonly int EventSize = IsPacked ? 12 : 16;

    /// <summary>Where its data begins.</summary>
    public static readonly int DataOffset = IsPacked ? 4 : 8;

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int Create(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int Control(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int Wait(int epoll, byte* events, int capacity, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
