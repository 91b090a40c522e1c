using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fabrik.Activation;

/// <summary>
/// Starts a process that lives on by itself: a session of its own, so that neither the end of the shell nor Ctrl-C in
/// it reaches it; no input; all it says goes to a file.
/// </summary>
/// <remarks>Linux and macOS by <c>posix_spawn</c>; Windows by a process without a window, which is untested.</remarks>
internal static partial class DetachedProcess
{
    // spawn.h and fcntl.h; Linux (glibc, musl) and macOS differ.
    private static readonly short NewSession = (short)(OperatingSystem.IsMacOS() ? 0x400 : 0x80);
    private static readonly int WriteAppendCreate = OperatingSystem.IsMacOS() ? 0x1 | 0x8 | 0x200 : 0x1 | 0x400 | 0x40;

    // The largest of these opaque structures is glibc's posix_spawnattr_t with 336 bytes.
    private const int OpaqueSize = 1024;
    private const int ReadOnly = 0;
    private const int OwnerOnly = 0b110_000_000;
    private const int NoHang = 1;

    /// <summary>Starts a program.</summary>
    /// <returns>Its process id.</returns>
    /// <exception cref="InvalidOperationException">The system refuses; the message says why.</exception>
    public static int Start(IReadOnlyList<string> command, string logPath)
    {
        if (OperatingSystem.IsWindows())
        {
            ProcessStartInfo start = new(command[0], command.Skip(1))
            {
                CreateNoWindow = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            return process.Id;
        }

        return Spawn(command, logPath);
    }

    /// <summary>Whether a process that <see cref="Start"/> gave has ended.</summary>
    public static bool HasEnded(int processId) => OperatingSystem.IsWindows()
        ? !ProcessTable.IsAlive(processId)
        : waitpid(processId, out _, NoHang) != 0;

    private static unsafe int Spawn(IReadOnlyList<string> command, string logPath)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        Check(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        Check(posix_spawnattr_init(attributes), "posix_spawnattr_init");
        nint[] arguments = Strings(command);
        nint[] environment = Strings([.. Variables()]);
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", ReadOnly, 0), "/dev/null");
            Check(posix_spawn_file_actions_addopen(actions, 1, logPath, WriteAppendCreate, OwnerOnly), logPath);
            Check(posix_spawn_file_actions_adddup2(actions, 1, 2), "posix_spawn_file_actions_adddup2");
            Check(posix_spawnattr_setflags(attributes, NewSession), "posix_spawnattr_setflags");
            fixed (nint* argv = arguments)
            fixed (nint* envp = environment)
            {
                Check(posix_spawn(out int processId, command[0], actions, attributes, argv, envp), command[0]);
                return processId;
            }
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Array.ForEach(arguments, Marshal.FreeCoTaskMem);
            Array.ForEach(environment, Marshal.FreeCoTaskMem);
        }
    }

    // Ends with a null pointer, as the C library wants it; freeing null does nothing.
    private static nint[] Strings(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static IEnumerable<string> Variables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            yield return $"{variable.Key}={variable.Value}";
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

#pragma warning disable IDE1006 // The names are the C library's.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(
        out int pid, string path, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addopen(
        byte* actions, int fd, string path, int flags, int mode);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int waitpid(int pid, out int status, int options);
#pragma warning restore IDE1006
}
