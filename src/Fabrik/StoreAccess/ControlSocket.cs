namespace Fabrik.StoreAccess;

/// <summary>
/// The socket file by which the command line reaches the process that holds a store. It lies in the store's folder, so
/// whoever finds the store finds it, and the rights on it are those of the store's owner.
/// </summary>
internal static class ControlSocket
{
    // sockaddr_un holds 108 bytes with the ending zero on Linux, 104 on macOS.
    private const int MaxPathBytes = 100;

    /// <summary>The path; null where it would be longer than the system takes.</summary>
    public static string? PathFor(string storeDirectory)
    {
        string path = Path.Join(Path.GetFullPath(storeDirectory), "control.sock");
        return System.Text.Encoding.UTF8.GetByteCount(path) <= MaxPathBytes ? path : null;
    }

    /// <summary>Removes what a process that crashed left. Only the owner of the store may.</summary>
    public static void RemoveStale(string path)
    {
        File.Delete(path);
    }

    /// <summary>Lets nobody but the owner connect.</summary>
    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
