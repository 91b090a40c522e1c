using System.Runtime.InteropServices;

namespace Fabrik.Testing;

/// <summary>A real file system of a few megabytes (tmpfs), which can be filled up or turned read-only.</summary>
public sealed partial class SmallDisk : IDisposable
{
    private const ulong ReadOnly = 1;
    private const ulong Remount = 32;
    private const int DetachNow = 2;

    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Mounts one; null where that is not allowed, so that a test skips itself with a reason.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-disk-").FullName;
        if (OperatingSystem.IsLinux() && Mount("tmpfs", folder, "tmpfs", 0, $"size={megabytes}m") == 0)
        {
            return new SmallDisk(folder);
        }

        Directory.Delete(folder);
        return null;
    }

    /// <summary>Takes writes, or does not.</summary>
    public void SetReadOnly(bool isReadOnly)
    {
        if (Mount("tmpfs", Folder, "tmpfs", Remount | (isReadOnly ? ReadOnly : 0), null) != 0)
        {
            throw new IOException($"{Folder} cannot be mounted anew: error {Marshal.GetLastPInvokeError()}");
        }
    }

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
