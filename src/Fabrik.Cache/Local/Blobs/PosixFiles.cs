using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>What the framework does not do with files, or does with more system calls than a hit can afford.</summary>
internal static partial class PosixFiles
{
    private const int ReadOnly = 0;

    // fcntl.h of Linux: O_RDWR, O_CREAT, O_EXCL, O_CLOEXEC; and rw for the owner, whose artifacts these are.
    private const int CreateNew = 0x2 | 0x40 | 0x80 | 0x80000;
    private const int OwnerOnly = 0b110_000_000;
    private const int NotPermitted = 1;
    private const int NoSuchFile = 2;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;

    // fcntl.h: a process that is started must not inherit it.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>
    /// Opens a file to be read; <see langword="null"/> when it is not there. The framework would also lock it and ask
    /// what it is, each time: blobs never change, and nobody else writes to the store's folder.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static SafeFileHandle? OpenToRead(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return OpenOnWindows(path);
        }

        var file = Open(path, ReadOnly | CloseOnExec);
        if (file >= 0)
        {
            return new SafeFileHandle(file, ownsHandle: true);
        }

        return Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? null : throw Failure(path, "opened");
    }

    /// <summary>Makes a file, which must not be there, to be written and read by this user.</summary>
    /// <exception cref="IOException">It cannot be made; the disk may be full or read-only.</exception>
    public static SafeFileHandle Create(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        }

        var file = Create(path, CreateNew, OwnerOnly);
        return file >= 0 ? new SafeFileHandle(file, ownsHandle: true) : throw Failure(path, "made");
    }

    /// <summary>
    /// Gives a file another name, which nothing has; false when the folder of that name is not there.
    /// </summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    public static bool TryRename(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMoveOnWindows(from, to);
        }

        if (Rename(from, to) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == NoSuchFile ? false : throw Failure(from, "renamed");
    }

    /// <summary>
    /// Returns when a folder's names are on the disk: a rename is there once its folder is. Windows has no such call,
    /// and needs none.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be opened, or the disk failed.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Open(path, ReadOnly | CloseOnExec);
        if (folder < 0)
        {
            throw Failure(path, "opened");
        }

        try
        {
            if (Sync(folder) != 0)
            {
                throw Failure(path, "synced");
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    private static SafeFileHandle? OpenOnWindows(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool TryMoveOnWindows(string from, string to)
    {
        try
        {
            File.Move(from, to);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    // The framework's own exceptions: an IOException's low half is errno.
    private static Exception Failure(string path, string what)
    {
        var number = Marshal.GetLastPInvokeError();
        var message = $"{path} cannot be {what}: {new Win32Exception(number).Message}";
        return number is NotPermitted or AccessDenied
            ? new UnauthorizedAccessException(message)
            : new IOException(message, number);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
