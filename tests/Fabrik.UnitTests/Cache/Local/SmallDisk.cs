using System.Runtime.InteropServices;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>A real file system of a few megabytes (tmpfs), which can be filled up or turned read-only.</summary>
internal sealed partial class SmallDisk : IDisposable
{
    private const ulong ReadOnly = 1;
    private const ulong Remount = 32;
    private const int DetachNow = 2;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Mounts one, or skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-disk-").FullName;
        if (!OperatingSystem.IsLinux() || Mount("tmpfs", folder, "tmpfs", 0, $"size={megabytes}m") != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            Directory.Delete(folder);
            Assert.Skip($"a file system of its own is needed, and mounting one is not allowed here (error {error})");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes writes, or does not.</summary>
    public void SetReadOnly(bool isReadOnly) => Assert.Equal(
        0, Mount("tmpfs", Folder, "tmpfs", Remount | (isReadOnly ? ReadOnly : 0), null));

    /// <summary>Takes up all the room that is left; deleting the file that this names gives it back.</summary>
    public string FillUp()
    {
        var path = Path.Combine(Folder, "ballast");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    public void Dispose()
    {
        _ = Unmount(Folder, DetachNow);
        Directory.Delete(Folder);
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
