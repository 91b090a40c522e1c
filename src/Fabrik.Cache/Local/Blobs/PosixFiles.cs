using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>What the framework does not do with files, or does with more system calls than a hit can afford.</summary>
internal static partial class PosixFiles
{
    private const int ReadOnly = 0;
    private const int NoSuchFile = 2;
    private const int NotAFolder = 20;

    // fcntl.h: a process that is started must not inherit it.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>
    /// Opens a file to be read; <see langword="null"/> when it is not there. The framework would also lock it and ask
    /// what it is, each time: blobs never change, and nobody else writes to the store's folder.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
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

    // As in the framework's own exceptions, the result's low half is errno.
    private static IOException Failure(string path, string what)
    {
        var number = Marshal.GetLastPInvokeError();
        return new IOException($"{path} cannot be {what}: {new Win32Exception(number).Message}", number);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
